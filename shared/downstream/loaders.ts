import DataLoader from 'dataloader';
import type { RequestContext } from '../request/context.ts';
import { CodedError, ErrorCode } from '../request/errors.ts';
import type { FieldInfo } from '../request/field-place.ts';
import { isIdentifier, isParameter } from '../request/identity.ts';
import type { BatchDescription, BatchEndpoint, ListDescription, ListEndpoint } from './endpoint.ts';
import type { Page, Row } from './row-shape.ts';
import type { AtOnce, RowSource } from './row-source.ts';
import { type Properties, type Selection, WHOLE_ROWS } from './sparse.ts';

export type ParamValue = string | number | boolean | null | undefined;

/** What resolvers load by. `field` is told which field it is that loads, for whoever looks at the request. */
export interface Loading {
  /**
   * The row with this key, or null where the service has none: at once where it is kept and fresh, else a promise of it; all
   * keys of one tick go into one call.
   */
  load<R>(endpoint: BatchEndpoint<R>, key: string, field?: FieldInfo): R | null | Promise<R | null>;
  /** A page of a list. Parameters that are null or undefined are left out of the call. */
  list<R, P extends string>(
    endpoint: ListEndpoint<R, P>,
    params: Readonly<Partial<Record<P, ParamValue>>>,
    field?: FieldInfo,
  ): Promise<Page<R>>;
  /** The same for a resolver that does not tell its field. */
  of(field: FieldInfo | undefined): Loading;
}

/**
 * The loaders of one operation, all made here. Within the operation a row is asked for once, however many fields load
 * it, and so is a list with the same parameters.
 */
export class Loaders implements Loading {
  readonly #source: RowSource;
  readonly #request: RequestContext;
  readonly #selection: Selection;
  readonly #rows = new Map<BatchDescription, OperationRows>();
  readonly #lists = new Map<ListDescription, Map<string, Promise<Page<Row>>>>();

  /** `selection` says what the operation reads of each endpoint's rows. */
  constructor(source: RowSource, request: RequestContext, selection: Selection = WHOLE_ROWS) {
    this.#source = source;
    this.#request = request;
    this.#selection = selection;
  }

  load<R>(endpoint: BatchEndpoint<R>, key: string, field?: FieldInfo): R | null | Promise<R | null> {
    const rows = this.#rowsOf(endpoint);
    const known = rows.known(key);
    // What cannot be an identifier names no row, and must not become part of a URL.
    if (known === undefined && !isIdentifier(key)) return null;
    this.#request.ledger.trail?.load(endpoint, key, field);
    // The type of the rows is what the endpoint's description declares: this is the edge where JSON comes in.
    return (known ?? rows.load(key)) as R | Promise<R | null>;
  }

  list<R, P extends string>(
    endpoint: ListEndpoint<R, P>,
    params: Readonly<Partial<Record<P, ParamValue>>>,
    field?: FieldInfo,
  ): Promise<Page<R>> {
    const wrong = Object.entries(params).find(([, value]) => typeof value === 'string' && !isParameter(value));
    if (wrong)
      return Promise.reject(new CodedError(ErrorCode.BadUserInput, `The value of "${wrong[0]}" is too long or odd.`));
    const path = pathWith(endpoint.path, params);
    this.#request.ledger.trail?.load(endpoint, path, field);
    const pages = this.#lists.get(endpoint) ?? new Map<string, Promise<Page<Row>>>();
    this.#lists.set(endpoint, pages);
    const page = pages.get(path) ?? this.#source.page(endpoint, path, this.#selection.get(endpoint), this.#request);
    pages.set(path, page);
    // The type of the rows, again, is what the endpoint's description declares.
    return page as Promise<Page<R>>;
  }

  of(field: FieldInfo | undefined): Loading {
    return {
      load: (endpoint, key) => this.load(endpoint, key, field),
      list: (endpoint, params) => this.list(endpoint, params, field),
      of: (other) => this.of(other),
    };
  }

  #rowsOf(endpoint: BatchDescription): OperationRows {
    let rows = this.#rows.get(endpoint);
    if (!rows) {
      rows = new OperationRows(this.#source, endpoint, this.#selection.get(endpoint), this.#request);
      this.#rows.set(endpoint, rows);
    }
    return rows;
  }
}

/** The rows of one endpoint for one operation. Whatever was had or asked for first by a key is its row to the end. */
class OperationRows {
  readonly #rows = new Map<string, Row | Promise<Row | null>>();
  readonly #atOnce: AtOnce | undefined;
  readonly #loader: DataLoader<string, Row | null>;

  constructor(source: RowSource, endpoint: BatchDescription, properties: Properties, request: RequestContext) {
    this.#atOnce = source.atOnce?.(endpoint, properties, request);
    // Each key comes once. How many calls the keys need is decided behind the cache, which may have some of them.
    this.#loader = new DataLoader((keys) => source.rows(endpoint, keys, properties, request), { cache: false });
  }

  /** What was had or asked for by this key before. */
  known(key: string): Row | Promise<Row | null> | undefined {
    return this.#rows.get(key);
  }

  load(key: string): Row | Promise<Row | null> {
    const row = this.#atOnce?.(key) ?? this.#loader.load(key);
    this.#rows.set(key, row);
    return row;
  }
}

function pathWith(path: string, params: Readonly<Record<string, ParamValue>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
