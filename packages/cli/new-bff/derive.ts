import type { BatchDescription } from '@facet/server/internal/downstream/endpoint.ts';
import type { Node } from '../impact/document.ts';
import {
  camelCase,
  type Lookup,
  lowerFirst,
  type NamedEndpoint,
  type Section,
  type Starter,
  upperFirst,
} from './model.ts';
import { type DocumentedOperation, operationOf } from './operations.ts';
import { pruned } from './prune.ts';
import { withRelations } from './relations.ts';
import { RowTypes, type ServiceTypes, singular } from './row-types.ts';
import { argumentsOf, type DocumentedList, descriptionOf, sectionNames } from './sections.ts';

/** What a starter knows about a service. */
export interface ServiceInput {
  readonly service: string;
  /** The bundled OpenAPI document; undefined if shared/SERVICE has none. */
  readonly document: Node | undefined;
  /** The types that rest.generated.ts exports. */
  readonly exports: ReadonlySet<string>;
  readonly endpoints: readonly NamedEndpoint[];
}

/** An endpoint whose operation and rows the document describes. */
interface Documented {
  readonly named: NamedEndpoint;
  readonly types: ServiceTypes;
  readonly operation: DocumentedOperation;
}

/**
 * Derives the starter of a new client from the services' endpoints and documents: a section per list endpoint, a field of Query and
 * relations per batch endpoint, and the types of their rows. `hasDateTime` tells whether the project has the scalar DateTime.
 */
export function deriveStarter(
  services: readonly ServiceInput[],
  options: { readonly hasDateTime: boolean } = { hasDateTime: true },
): Starter {
  const leftOut: string[] = [];
  const found = services.flatMap((service) => documentedIn(service, leftOut));
  const rowTypes = new RowTypes(options);
  const typeOf = ({ named, types, operation }: Documented): string | undefined => {
    const fallback = upperFirst(camelCase(singular(named.name)));
    const source = { of: types, schema: operation.row, fallback, row: { of: 'endpoint', endpoint: named } } as const;
    const type = rowTypes.ofRow(source, named.endpoint.rowKey);
    if ('name' in type) return type.name;
    leftOut.push(left(named, `its row is ${type.reason}`));
    return undefined;
  };
  const sections = sectionsOf(found, typeOf, leftOut);
  const lookups = lookupsOf(found, typeOf, leftOut);
  const types = withRelations(rowTypes.complete(), lookups);
  return pruned({ sections, lookups, types, enums: rowTypes.enums, leftOut: [...leftOut, ...rowTypes.leftOut] });
}

const left = ({ service, name }: NamedEndpoint, reason: string): string => `${name} of ${service}: ${reason}.`;

function documentedIn({ service, document, exports, endpoints }: ServiceInput, leftOut: string[]): Documented[] {
  if (document === undefined) {
    leftOut.push(...endpoints.map((named) => left(named, `there is no shared/${service}/openapi.yaml`)));
    return [];
  }
  return endpoints.flatMap((named) => {
    const operation = operationOf(document, named.endpoint);
    if (operation?.row !== undefined) return [{ named, types: { service, document, exports }, operation }];
    const { method, path } = named.endpoint;
    leftOut.push(left(named, `the document has no rows for ${method} ${path}`));
    return [];
  });
}

type TypeOf = (documented: Documented) => string | undefined;

function sectionsOf(found: readonly Documented[], typeOf: TypeOf, leftOut: string[]): Section[] {
  const lists = found.flatMap((documented): (DocumentedList & { readonly of: Documented })[] => {
    const { named, types, operation } = documented;
    const { endpoint } = named;
    return endpoint.kind === 'list' ? [{ named, endpoint, document: types.document, operation, of: documented }] : [];
  });
  const names = sectionNames(lists);
  return lists.flatMap((list, index): Section[] => {
    const all = argumentsOf(list);
    if (typeof all === 'string') {
      leftOut.push(left(list.named, all));
      return [];
    }
    const type = typeOf(list.of);
    const name = names[index];
    if (type === undefined || name === undefined) return [];
    return [{ name, description: descriptionOf(list, all), endpoint: list.named, type, arguments: all }];
  });
}

/** A field of Query for each row type with a batch endpoint. */
function lookupsOf(found: readonly Documented[], typeOf: TypeOf, leftOut: string[]): Lookup[] {
  const lookups = new Map<string, Lookup>();
  for (const documented of found) {
    const { named, operation } = documented;
    if (named.endpoint.kind !== 'batch') continue;
    const missing = unsentBy(named.endpoint, operation);
    if (missing !== undefined) {
      leftOut.push(left(named, `it requires the parameter ${missing}, which calls by key do not send`));
      continue;
    }
    const type = typeOf(documented);
    const known = type === undefined ? undefined : lookups.get(type);
    // Of several endpoints with the same rows, the first one that takes many keys.
    if (type === undefined || (known && (isBatch(known.endpoint) || !isBatch(named)))) continue;
    lookups.set(type, { name: lowerFirst(type), description: describe(named), endpoint: named, type });
  }
  return [...lookups.values()];
}

const isBatch = ({ endpoint }: NamedEndpoint): boolean => endpoint.kind === 'batch' && endpoint.ids.many;

function describe({ service, endpoint }: NamedEndpoint): string {
  return endpoint.public
    ? 'Null for an unknown id.'
    : `Null for an unknown id. The ${service} service decides which rows a caller may read.`;
}

/** A required query parameter that calls for keys do not send. */
function unsentBy({ ids, path }: BatchDescription, { parameters }: DocumentedOperation): string | undefined {
  const sent = new URL(ids.request(path, ['key']).path, 'http://localhost').searchParams;
  return [...parameters].find(([name, { isRequired }]) => isRequired && !sent.has(name))?.[0];
}
