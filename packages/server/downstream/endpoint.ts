import { InputError } from '../command/input-error.ts';
import { commaSeparated, type IdStyle } from './id-style.ts';
import { bareArray, type RowShape } from './row-shape.ts';
import type { ServiceDocument, ServiceRegistry } from './service-registry.ts';

/** The properties that every endpoint has. */
export interface Endpoint {
  readonly service: string;
  /** Path below the service's URL; `{id}` stands for the key where ids go into the path. */
  readonly path: string;
  /** Name of this endpoint in ledgers, logs and metrics. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Never sends an identity. Only public endpoints are cached or shared between requests. */
  readonly public: boolean;
  /** Query parameter that names the properties to return (sparse fields); undefined if the service has none. */
  readonly sparse: string | undefined;
  /** Overrides the service's timeout, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Whether a second call is sent beside a slow one. */
  readonly hedge: boolean;
  /** Property that identifies a row. */
  readonly rowKey: string;
  readonly rows: RowShape;
  /** maxItems of the arrays in its response, by path; empty without an OpenAPI document. */
  readonly maxItems: Readonly<Record<string, number>>;
  /** Property names of the objects in its response, by path; empty without an OpenAPI document. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

/** An endpoint that returns rows by key, many in one call. */
export interface BatchDescription extends Endpoint {
  readonly kind: 'batch';
  readonly ids: IdStyle;
  /** Most keys in one call. */
  readonly maxBatch: number;
}

/** An endpoint that returns a list. */
export interface ListDescription extends Endpoint {
  readonly kind: 'list';
  /** Names of the query parameters that it takes. */
  readonly params: readonly string[];
  /** The parameter that limits the rows of a page; undefined if there is none. */
  readonly limit: string | undefined;
}

/** An endpoint as loaders see it. */
export type Description = BatchDescription | ListDescription;

// For the compiler only. Row is both a parameter and a result, so that endpoints of different rows are not assignable.
declare const rowType: unique symbol;

export interface BatchEndpoint<Row> extends BatchDescription {
  readonly [rowType]?: (row: Row) => Row;
}

export interface ListEndpoint<Row, Param extends string> extends ListDescription {
  readonly params: readonly Param[];
  readonly [rowType]?: (row: Row) => Row;
}

interface Common<Row, Service extends string> {
  readonly service: Service;
  readonly path: string;
  readonly rowKey: keyof Row & string;
  readonly rows?: RowShape;
  readonly sparse?: string;
  readonly public?: boolean;
  readonly timeoutMs?: number;
  readonly hedge?: boolean;
}

/**
 * Declares the services. The returned functions describe endpoints of these services, and take the bounds and properties of
 * their responses from the services' OpenAPI documents.
 */
export function defineServices<const Name extends string>(services: ServiceRegistry<Name>) {
  const documentOf = (service: Name): ServiceDocument | undefined => services[service].document;
  return {
    services,

    /**
     * Describes an endpoint that returns rows by key. Defaults: ids as `?ids=a,b`, rows in a bare array, at most 100 keys a call, all
     * properties, not public. Throws an InputError for an invalid path.
     */
    batchOf:
      <Row>() =>
      (description: Common<Row, Name> & { readonly ids?: IdStyle; readonly maxBatch?: number }): BatchEndpoint<Row> => {
        const ids = description.ids ?? commaSeparated('ids');
        checkPath(description, ids.many ? undefined : '{id}');
        return {
          ...common(description, ids.method, documentOf(description.service)),
          kind: 'batch',
          name: `${ids.method} ${description.path}${ids.label}`,
          ids,
          maxBatch: description.maxBatch ?? 100,
        };
      },

    /**
     * Describes an endpoint that returns a list. Defaults: rows in a bare array, all properties, not public. The parameter `limit`, if
     * there is one, limits the rows of a page. Throws an InputError for an invalid path.
     */
    listOf:
      <Row>() =>
      <const Param extends string = never>(
        description: Common<Row, Name> & { readonly params?: readonly Param[]; readonly limit?: NoInfer<Param> },
      ): ListEndpoint<Row, Param> => {
        checkPath(description, undefined);
        return {
          ...common(description, 'GET', documentOf(description.service)),
          kind: 'list',
          name: `GET ${description.path}`,
          params: description.params ?? [],
          limit: description.limit ?? description.params?.find((name) => name === 'limit'),
        };
      },
  };
}

function common<Row>(description: Common<Row, string>, method: 'GET' | 'POST', document: ServiceDocument | undefined) {
  return {
    service: description.service,
    path: description.path,
    method,
    public: description.public ?? false,
    sparse: description.sparse,
    timeoutMs: description.timeoutMs,
    hedge: description.hedge ?? false,
    rowKey: description.rowKey,
    rows: description.rows ?? bareArray(),
    maxItems: document?.maxItems[description.path] ?? {},
    properties: document?.properties[description.path] ?? {},
  };
}

/** Throws an InputError for an invalid path, with the place of its description. `key` is the placeholder of the row's key. */
function checkPath({ service, path }: Pick<Endpoint, 'service' | 'path'>, key: string | undefined): void {
  const rest = key === undefined ? path : path.replace(key, '');
  const problems = [
    ...(path.startsWith('/')
      ? []
      : [`does not start with a slash. Did you mean /${path.replace(/^https?:\/\/[^/]*\//, '')}?`]),
    ...(/[\s#\\]/.test(path) ? ['contains a space, a # or a backslash. Percent-encode them.'] : []),
    ...(key !== undefined && rest === path ? [`does not contain ${key}, the placeholder of the key.`] : []),
    ...(/[{}]/.test(rest)
      ? [`contains braces that are no placeholder.${key === undefined ? ' With ids: inPath(), {id} is one.' : ''}`]
      : []),
  ];
  if (problems.length === 0) return;
  const where = callerOf(new Error().stack ?? '');
  throw new InputError(problems.map((problem) => `${where}The path "${path}" of ${service} ${problem}`).join('\n'));
}

/** `file:line:column: ` of the first stack frame outside this file; empty if it is unknown. */
function callerOf(stack: string): string {
  const frames = stack.split('\n').slice(1);
  const caller = frames.find((frame) => !frame.includes('/downstream/endpoint.ts'));
  // A frame is `at name (location)` or `at location`.
  const location = caller?.split(' ').at(-1)?.replaceAll(/[()]/g, '').replace('file://', '');
  return location?.startsWith('/') ? `${location.replace(`${process.cwd()}/`, '')}: ` : '';
}
