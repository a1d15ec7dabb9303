import DataLoader from 'dataloader';
import type { RequestContext } from '../request/context.ts';
import { CodedError, ErrorCode } from '../request/errors.ts';
import { ExactNumber } from '../request/exact-json.ts';
import type { FieldInfo } from '../request/field-path.ts';
import { isKeyText, KEY_RULE, keyText, percentEncode } from '../request/key.ts';
import type { BatchDescription, BatchEndpoint, ListDescription, ListEndpoint } from './endpoint.ts';
import type { Page, Row } from './row-shape.ts';
import type { Peek, RowSource } from './row-source.ts';
import { type Properties, type Selection, WHOLE_ROWS } from './sparse.ts';

export type ParamValue = string | number | boolean | null | undefined;

/** Who chose a key or a parameter, and so whose mistake it is where it cannot be used. */
export type ChosenBy = 'caller' | 'service';

/** What resolvers load by. `field` is told which field it is that loads, for whoever looks at the request. */
export interface Loading {
  /**
   * The row with this key, or null where the service has none: at once where it is kept and fresh, else a promise of it; all
   * keys of one tick go into one call. Rejects a key that cannot be sent, as BAD_USER_INPUT or SERVICE_BAD_RESPONSE.
   */
  load<R>(
    endpoint: BatchEndpoint<R>,
    key: string | number,
    field?: FieldInfo,
    chosenBy?: ChosenBy,
  ): R | null | Promise<R | null>;
  /**
   * A page of a list. Parameters that are null or undefined are left out of the call; those that cannot be sent reject as keys
   * do. `fromService` names the parameters whose values a service chose.
   */
  list<R, P extends string>(
    endpoint: ListEndpoint<R, P>,
    params: Readonly<Partial<Record<P, ParamValue>>>,
    field?: FieldInfo,
    fromService?: ReadonlySet<string>,
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

  load<R>(
    endpoint: BatchEndpoint<R>,
    key: string | number,
    field?: FieldInfo,
    chosenBy: ChosenBy = 'caller',
  ): R | null | Promise<R | null> {
    const text = keyText(key);
    if (text === undefined) return Promise.reject(unusable(`A key must be an integer or ${KEY_RULE}.`, chosenBy));
    const rows = this.#rowsOf(endpoint);
    const known = rows.known(text);
    if (known === undefined && !endpoint.ids.carries(endpoint.path, text)) {
      const reason = 'it is empty or contains what separates keys there';
      return Promise.reject(unusable(`A key cannot be sent to the ${endpoint.service} service: ${reason}.`, chosenBy));
    }
    this.#request.ledger.trail?.load(endpoint, text, field);
    // The type of the rows is what the endpoint's description declares: this is the edge where JSON comes in.
    return (known ?? rows.load(text)) as R | Promise<R | null>;
  }

  list<R, P extends string>(
    endpoint: ListEndpoint<R, P>,
    params: Readonly<Partial<Record<P, ParamValue>>>,
    field?: FieldInfo,
    fromService?: ReadonlySet<string>,
  ): Promise<Page<R>> {
    const texts: [string, string][] = [];
    for (const [name, value] of Object.entries<unknown>(params)) {
      if (value === null || value === undefined) continue;
      const text = parameterText(value);
      if (text === undefined) {
        const message = `The value of "${name}" must be a number, a boolean or ${KEY_RULE}.`;
        return Promise.reject(unusable(message, fromService?.has(name) ? 'service' : 'caller'));
      }
      texts.push([name, text]);
    }
    const path = pathWith(endpoint.path, texts);
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
      load: (endpoint, key, _field, chosenBy) => this.load(endpoint, key, field, chosenBy),
      list: (endpoint, params, _field, fromService) => this.list(endpoint, params, field, fromService),
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
  readonly #atOnce: Peek | undefined;
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

/** The text of a parameter; undefined for what cannot be one. */
function parameterText(value: unknown): string | undefined {
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  const text = value instanceof ExactNumber ? String(value) : value;
  return typeof text === 'string' && isKeyText(text) ? text : undefined;
}

function unusable(message: string, chosenBy: ChosenBy): CodedError {
  return new CodedError(chosenBy === 'caller' ? ErrorCode.BadUserInput : ErrorCode.ServiceBadResponse, message);
}

function pathWith(path: string, params: readonly (readonly [string, string])[]): string {
  const query = params.map(([name, text]) => `${percentEncode(name)}=${percentEncode(text)}`).join('&');
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
