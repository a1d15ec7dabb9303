import DataLoader from 'dataloader';
import type { RequestContext } from '../../request/context.ts';
import { CodedError, ErrorCode } from '../../request/errors.ts';
import { ExactNumber } from '../../request/exact-json.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import { isKeyText, KEY_RULE, keyText, percentEncode } from '../../request/key.ts';
import type { BatchDescription, BatchEndpoint, ListDescription, ListEndpoint } from '../endpoint.ts';
import type { Page, Row } from '../row-shape.ts';
import { type Properties, type Selection, WHOLE_ROWS } from '../sparse.ts';
import type { Peek, RowSource } from './row-source.ts';

export type ParamValue = string | number | boolean | null | undefined;

/** Origin of a key or parameter, which decides the code of the error if it is invalid. */
export type ChosenBy = 'caller' | 'service';

/** Loads rows and lists for resolvers. `field` is the field that loads, for traces of the request. */
export interface Loading {
  /**
   * Loads the row with this key, or null if the service has none. Returns a fresh cached row synchronously, and a promise
   * otherwise. All keys of one tick go into one call. Rejects an invalid key with BAD_USER_INPUT if the caller chose it, and
   * with SERVICE_BAD_RESPONSE if a service did.
   */
  load<R>(
    endpoint: BatchEndpoint<R>,
    key: string | number,
    field?: FieldInfo,
    chosenBy?: ChosenBy,
  ): R | null | Promise<R | null>;
  /**
   * Loads a page of a list. Null and undefined parameters are left out. Invalid parameters reject as keys do. `fromService`
   * names the parameters whose values a service chose.
   */
  list<R, P extends string>(
    endpoint: ListEndpoint<R, P>,
    params: Readonly<Partial<Record<P, ParamValue>>>,
    field?: FieldInfo,
    fromService?: ReadonlySet<string>,
  ): Promise<Page<R>>;
  /** Loads on behalf of a field, for a resolver that does not pass its own. */
  of(field: FieldInfo | undefined): Loading;
}

/**
 * The loaders of one operation. A row is loaded once per operation, however many fields load it, and so is a list with the
 * same parameters.
 */
export class Loaders implements Loading {
  readonly #source: RowSource;
  readonly #request: RequestContext;
  readonly #selection: Selection;
  readonly #rows = new Map<BatchDescription, OperationRows>();
  readonly #lists = new Map<ListDescription, Map<string, Promise<Page<Row>>>>();

  /** `selection` holds the properties that the operation reads of each endpoint's rows. */
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
    if (text === undefined) return Promise.reject(invalidInput(`A key must be an integer or ${KEY_RULE}.`, chosenBy));
    const rows = this.#rowsOf(endpoint);
    const known = rows.known(text);
    if (known === undefined && !endpoint.ids.carries(endpoint.path, text)) {
      const message = `The ${endpoint.service} service cannot take this key: it is empty or contains a separator of keys.`;
      return Promise.reject(invalidInput(message, chosenBy));
    }
    this.#request.ledger.trace?.load(endpoint, text, field);
    // JSON comes in here: its type is what the endpoint declares.
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
        return Promise.reject(invalidInput(message, fromService?.has(name) ? 'service' : 'caller'));
      }
      texts.push([name, text]);
    }
    const path = pathWith(endpoint.path, texts);
    this.#request.ledger.trace?.load(endpoint, path, field);
    const pages = this.#lists.get(endpoint) ?? new Map<string, Promise<Page<Row>>>();
    this.#lists.set(endpoint, pages);
    const page = pages.get(path) ?? this.#source.page(endpoint, path, this.#selection.get(endpoint), this.#request);
    pages.set(path, page);
    // JSON comes in here: its type is what the endpoint declares.
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

/** The rows of one endpoint in one operation. A key keeps the row that it first resolved to. */
class OperationRows {
  readonly #rows = new Map<string, Row | Promise<Row | null>>();
  readonly #peek: Peek | undefined;
  readonly #loader: DataLoader<string, Row | null>;

  constructor(source: RowSource, endpoint: BatchDescription, properties: Properties, request: RequestContext) {
    this.#peek = source.peek?.(endpoint, properties, request);
    // Keys are unique here. The row source decides how many calls they need, because some may be cached.
    this.#loader = new DataLoader((keys) => source.rows(endpoint, keys, properties, request), { cache: false });
  }

  /** The row, or its promise, that was loaded by this key before. */
  known(key: string): Row | Promise<Row | null> | undefined {
    return this.#rows.get(key);
  }

  load(key: string): Row | Promise<Row | null> {
    const row = this.#peek?.(key) ?? this.#loader.load(key);
    this.#rows.set(key, row);
    return row;
  }
}

/** The text of a parameter; undefined for an invalid value. */
function parameterText(value: unknown): string | undefined {
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  const text = value instanceof ExactNumber ? String(value) : value;
  return typeof text === 'string' && isKeyText(text) ? text : undefined;
}

function invalidInput(message: string, chosenBy: ChosenBy): CodedError {
  return new CodedError(chosenBy === 'caller' ? ErrorCode.BadUserInput : ErrorCode.ServiceBadResponse, message);
}

function pathWith(path: string, params: readonly (readonly [string, string])[]): string {
  const query = params.map(([name, text]) => `${percentEncode(name)}=${percentEncode(text)}`).join('&');
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
