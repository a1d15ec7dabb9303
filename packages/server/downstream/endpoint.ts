import { InputError } from '../command/input-error.ts';
import { commaSeparated, type IdStyle } from './id-style.ts';
import { bareArray, type RowShape } from './row-shape.ts';
import type { ServiceDocument, ServiceRegistry } from './service-registry.ts';

/** What every endpoint has. */
export interface Endpoint {
  readonly service: string;
  /** Path below the service's URL; `{id}` stands for the key where ids go into the path. */
  readonly path: string;
  /** How this endpoint is called in ledgers, logs and metrics. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Never sends an identity. Only public endpoints are cached or shared between requests. */
  readonly public: boolean;
  /** Query parameter by which the service cuts rows to the properties named; undefined where it cannot. */
  readonly sparse: string | undefined;
  /** Overrides the service's timeout, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Whether a call that takes long is made a second time beside the first. */
  readonly hedge: boolean;
  /** Property that identifies a row. */
  readonly rowKey: string;
  readonly rows: RowShape;
  /** maxItems of the arrays in its response, by place; none without an OpenAPI document. */
  readonly maxItems: Readonly<Record<string, number>>;
  /** Property names of the objects in its response, by place; none without an OpenAPI document. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

/** An endpoint that answers rows by key: one call for many. */
export interface BatchDescription extends Endpoint {
  readonly kind: 'batch';
  readonly ids: IdStyle;
  /** Most keys in one call. */
  readonly maxBatch: number;
}

/** An endpoint that answers a list. */
export interface ListDescription extends Endpoint {
  readonly kind: 'list';
  /** Names of the query parameters that it takes. */
  readonly params: readonly string[];
  /** The one of them that bounds the rows of a page; undefined where none does. */
  readonly limit: string | undefined;
}

/** An endpoint as loaders have it. */
export type Description = BatchDescription | ListDescription;

// Exists for the compiler only. Row stands in a parameter and a result, so that endpoints of different rows never mix.
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
 * Declares the services. The returned functions describe endpoints of these services only, and take the bounds and properties of
 * their responses from the services' documents.
 */
export function defineServices<const Name extends string>(services: ServiceRegistry<Name>) {
  const documentOf = (service: Name): ServiceDocument | undefined => services[service].document;
  return {
    services,

    /**
     * Describes an endpoint that returns rows by key. Defaults: ids as `?ids=a,b`, rows in a bare array, at most 100 keys a call, whole
     * rows, not public. Throws an InputError for a path that cannot be one.
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
     * Describes an endpoint that returns a list. Defaults: rows in a bare array, whole rows, not public. The parameter `limit`, if there
     * is one, bounds the rows of a page. Throws an InputError for a path that cannot be one.
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

/** Throws where a path could not lead to an endpoint; `key` stands for the row's key in it. The error says where it is described. */
function checkPath({ service, path }: Pick<Endpoint, 'service' | 'path'>, key: string | undefined): void {
  const rest = key === undefined ? path : path.replace(key, '');
  const problems = [
    ...(path.startsWith('/')
      ? []
      : [`begins with no slash. Did you mean /${path.replace(/^https?:\/\/[^/]*\//, '')}?`]),
    ...(/[\s#\\]/.test(path) ? ['has a space, a # or a backslash in it. Percent-encode them.'] : []),
    ...(key !== undefined && rest === path ? [`has no ${key} in it, which stands for the key.`] : []),
    ...(/[{}]/.test(rest)
      ? [`has braces in it, and nothing fills them.${key === undefined ? ' ids: inPath() fills {id}.' : ''}`]
      : []),
  ];
  if (problems.length === 0) return;
  const where = callerOf(new Error().stack ?? '');
  throw new InputError(problems.map((problem) => `${where}The path "${path}" of ${service} ${problem}`).join('\n'));
}

/** `file:line:column: ` of the first caller outside of this file; nothing where that is not known. */
function callerOf(stack: string): string {
  const frames = stack.split('\n').slice(1);
  const caller = frames.find((frame) => !frame.includes('/downstream/endpoint.ts'));
  // `at name (place)`, or `at place`.
  const place = caller?.split(' ').at(-1)?.replaceAll(/[()]/g, '').replace('file://', '');
  return place?.startsWith('/') ? `${place.replace(`${process.cwd()}/`, '')}: ` : '';
}
