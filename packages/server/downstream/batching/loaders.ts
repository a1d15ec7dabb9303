import DataLoader from 'dataloader';
import type { RequestContext } from '../../request/context.ts';
import { CodedError, ErrorCode } from '../../request/errors.ts';
import { ExactNumber } from '../../request/exact-json.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import { isKeyText, KEY_RULE, keyText, percentEncode } from '../../request/key.ts';
import type { BatchDescription, BatchEndpoint, ListDescription, ListEndpoint } from '../endpoint.ts';
import type { Page, Row } from '../row-shape.ts';
import { type Properties, type Selection, WHOLE_ROWS } from '../sparse.ts';
import type { Loaded, Peek, RowSource } from './row-source.ts';

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
   * Loads the rows with these keys: null for a null key and for a row that the service does not have, and an Error where `load` rejects.
   * Returns them synchronously if all are cached. Never rejects. An Error in place of a key stays.
   */
  loadAll(
    endpoint: BatchDescription,
    keys: readonly unknown[],
    field: FieldInfo | undefined,
    chosenBy: ChosenBy,
  ): readonly Loaded[] | Promise<readonly Loaded[]>;
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
    const loaded = this.loadAll(endpoint, [key], field, chosenBy);
    return (loaded instanceof Promise ? loaded.then(onlyRow) : rowOrRejection(loaded)) as R | Promise<R | null>;
  }

  loadAll(
    endpoint: BatchDescription,
    keys: readonly unknown[],
    field: FieldInfo | undefined,
    chosenBy: ChosenBy,
  ): readonly Loaded[] | Promise<readonly Loaded[]> {
    const rows = this.#rowsOf(endpoint);
    const { trace } = this.#request.ledger;
    const loaded = new Array<Loaded>(keys.length);
    const texts = new Array<string | undefined>(keys.length);
    const missing = new Set<string>();
    const waiting = new Set<Promise<void>>();
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index];
      if (key === null || key === undefined || key instanceof Error) {
        loaded[index] = key ?? null;
        continue;
      }
      const text = keyText(key);
      if (text === undefined) {
        loaded[index] = invalidInput(`A key must be an integer or ${KEY_RULE}.`, chosenBy);
        continue;
      }
      const known = rows.known(text);
      if (known === undefined && !endpoint.ids.carries(endpoint.path, text)) {
        const message = `The ${endpoint.service} service cannot take this key: it is empty or contains a separator of keys.`;
        loaded[index] = invalidInput(message, chosenBy);
        continue;
      }
      trace?.load(endpoint, text, field);
      const row = known ?? rows.peek(text);
      if (row === undefined) missing.add(text);
      else if (row instanceof Promise) waiting.add(row);
      else {
        loaded[index] = row === ABSENT ? null : row;
        continue;
      }
      texts[index] = text;
    }
    if (missing.size > 0) waiting.add(rows.load([...missing]));
    if (waiting.size === 0) return loaded;
    return Promise.all(waiting).then(() => {
      texts.forEach((text, index) => {
        if (text !== undefined) loaded[index] = rows.loaded(text);
      });
      return loaded;
    });
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
      loadAll: (endpoint, keys, _field, chosenBy) => this.loadAll(endpoint, keys, field, chosenBy),
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

function rowOrRejection([row = null]: readonly Loaded[]): Row | null | Promise<never> {
  return row instanceof Error ? Promise.reject(row) : row;
}

function onlyRow([row = null]: readonly Loaded[]): Row | null {
  if (row instanceof Error) throw row;
  return row;
}

/** A row that the service does not have. */
const ABSENT = Symbol('absent');

/** The rows of one endpoint in one operation. A key keeps the row that it first resolved to. */
class OperationRows {
  /** A promise stands for a row that is being loaded. */
  readonly #rows = new Map<string, Row | Error | typeof ABSENT | Promise<void>>();
  readonly #peek: Peek | undefined;
  readonly #loader: DataLoader<readonly string[], readonly Loaded[]>;

  constructor(source: RowSource, endpoint: BatchDescription, properties: Properties, request: RequestContext) {
    this.#peek = source.peek?.(endpoint, properties, request);
    // One entry of the loader is all keys that a field needs at a time: a promise for each key would cost more than its row.
    // The row source decides how many calls the keys need, because some may be cached.
    this.#loader = new DataLoader(
      async (groups) => {
        const loaded = await source.rows(
          endpoint,
          groups.length === 1 ? (groups[0] ?? []) : groups.flat(),
          properties,
          request,
        );
        let end = 0;
        return groups.map(({ length }) => {
          end += length;
          return loaded.slice(end - length, end);
        });
      },
      { cache: false },
    );
  }

  /** The row that was loaded by this key before, or the end of its loading. */
  known(key: string): Row | Error | typeof ABSENT | Promise<void> | undefined {
    return this.#rows.get(key);
  }

  /** The row if it is available synchronously. */
  peek(key: string): Row | undefined {
    const row = this.#peek?.(key);
    if (row !== undefined) this.#rows.set(key, row);
    return row;
  }

  /** Loads rows by keys that are not known. Never rejects. All keys of one tick go into one call. */
  load(keys: readonly string[]): Promise<void> {
    const loading = this.#loader.load(keys).then(
      (loaded) => {
        for (const [index, key] of keys.entries()) this.#rows.set(key, loaded[index] ?? ABSENT);
      },
      (error: Error) => {
        for (const key of keys) this.#rows.set(key, error);
      },
    );
    for (const key of keys) this.#rows.set(key, loading);
    return loading;
  }

  /** The row of a key whose loading has ended. */
  loaded(key: string): Loaded {
    const row = this.#rows.get(key);
    return row === undefined || row === ABSENT || row instanceof Promise ? null : row;
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
