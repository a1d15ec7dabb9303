import DataLoader from 'dataloader';
import type { RequestContext } from '../request/context.ts';
import { CodedError, ErrorCode, ServiceBadResponseError, ServiceRejectedError } from '../request/errors.ts';
import { isIdentifier, isParameter } from '../request/identity.ts';
import { mapConcurrently } from './concurrency.ts';
import type { BatchDescription, BatchEndpoint, Endpoint, ListDescription, ListEndpoint } from './endpoint.ts';
import type { Answer, Fetch } from './fetcher.ts';
import { hasNextLink } from './next-link.ts';
import type { Row, RowShape } from './row-shape.ts';
import { type Selection, sparsePath, WHOLE_ROWS } from './sparse.ts';

/** Single gets that one operation has under way at once, for endpoints without batches. */
const CONCURRENT_GETS = 8;

export type ParamValue = string | number | boolean | null | undefined;

/** Rows of a list, and whether the service has more of them. */
export interface Page<R> {
  readonly rows: readonly R[];
  readonly hasNext: boolean;
}

/**
 * The loaders of one operation, all made here. Within the operation a row is asked for once, however many fields load
 * it, and so is a list with the same parameters.
 */
export class Loaders {
  readonly #fetch: Fetch;
  readonly #request: RequestContext;
  readonly #selection: Selection;
  readonly #batches = new Map<BatchDescription, DataLoader<string, Row | null>>();
  readonly #lists = new Map<ListDescription, Map<string, Promise<Page<Row>>>>();

  /** `selection` says what the operation reads of each endpoint's rows. */
  constructor(fetch: Fetch, request: RequestContext, selection: Selection = WHOLE_ROWS) {
    this.#fetch = fetch;
    this.#request = request;
    this.#selection = selection;
  }

  /** The row with this key, or null where the service has none; all keys of one tick go into one call. */
  load<R>(endpoint: BatchEndpoint<R>, key: string): Promise<R | null> {
    // What cannot be an identifier names no row, and must not become part of a URL.
    if (!isIdentifier(key)) return Promise.resolve(null);
    // The type of the rows is what the endpoint's description declares: this is the edge where JSON comes in.
    return this.#loaderOf(endpoint).load(key) as Promise<R | null>;
  }

  /** A page of a list. Parameters that are null or undefined are left out of the call. */
  list<R, P extends string>(
    endpoint: ListEndpoint<R, P>,
    params: Readonly<Partial<Record<P, ParamValue>>>,
  ): Promise<Page<R>> {
    const wrong = Object.entries(params).find(([, value]) => typeof value === 'string' && !isParameter(value));
    if (wrong)
      return Promise.reject(new CodedError(ErrorCode.BadUserInput, `The value of "${wrong[0]}" is too long or odd.`));
    const path = pathWith(endpoint.path, params);
    const pages = this.#lists.get(endpoint) ?? new Map<string, Promise<Page<Row>>>();
    this.#lists.set(endpoint, pages);
    const page = pages.get(path) ?? this.#fetchPage(endpoint, path);
    pages.set(path, page);
    // The type of the rows, again, is what the endpoint's description declares.
    return page as Promise<Page<R>>;
  }

  #loaderOf(endpoint: BatchDescription): DataLoader<string, Row | null> {
    let loader = this.#batches.get(endpoint);
    if (!loader) {
      loader = endpoint.ids.many
        ? new DataLoader((keys) => this.#fetchBatch(endpoint, keys), { maxBatchSize: endpoint.maxBatch })
        : new DataLoader((keys) => mapConcurrently(keys, CONCURRENT_GETS, (key) => this.#fetchOne(endpoint, key)));
      this.#batches.set(endpoint, loader);
    }
    return loader;
  }

  /** One call for all keys; rows are matched by their key, in whatever order they come. */
  async #fetchBatch(endpoint: BatchDescription, keys: readonly string[]): Promise<(Row | null)[]> {
    const answer = await this.#ask(endpoint, keys);
    if (answer.json === undefined) {
      // 404 to a single key is how some services say that there is no such row; to several it says nothing of each.
      if (keys.length === 1) return [null];
      throw new ServiceRejectedError(endpoint.service, new Error('HTTP 404 to a batch'));
    }
    const rows = read(endpoint, (shape) => shape.byKey(answer.json, endpoint.rowKey));
    return keys.map((key) => rows.get(key) ?? null);
  }

  async #fetchOne(endpoint: BatchDescription, key: string): Promise<Row | null> {
    const answer = await this.#ask(endpoint, [key]);
    return answer.json === undefined ? null : read(endpoint, (shape) => shape.single(answer.json));
  }

  #ask(endpoint: BatchDescription, keys: readonly string[]): Promise<Answer> {
    const { path, body } = endpoint.ids.request(endpoint.path, keys);
    const call = { endpoint, keys: keys.length, path: sparsePath(path, endpoint, this.#selection) };
    return this.#fetch(body === undefined ? call : { ...call, body }, this.#request);
  }

  async #fetchPage(endpoint: ListDescription, path: string): Promise<Page<Row>> {
    const call = { endpoint, keys: 0, path: sparsePath(path, endpoint, this.#selection) };
    const answer = await this.#fetch(call, this.#request);
    if (answer.json === undefined) throw new ServiceRejectedError(endpoint.service, new Error('HTTP 404 to a list'));
    const rows = read(endpoint, (shape) => shape.inOrder(answer.json, endpoint.rowKey));
    return { rows, hasNext: hasNextLink(answer.headers['link']) };
  }
}

function read<T>(endpoint: Endpoint, rowsOf: (shape: RowShape) => T): T {
  try {
    return rowsOf(endpoint.rows);
  } catch (error) {
    throw new ServiceBadResponseError(endpoint.service, error);
  }
}

function pathWith(path: string, params: Readonly<Record<string, ParamValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
