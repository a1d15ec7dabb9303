import { type ArgumentNode, type GraphQLField, isNonNullType, Kind } from 'graphql';
import type { Endpoint, ListDescription } from '../../downstream/endpoint.ts';
import { rangeOf } from '../execution/argument-check.ts';
import type { Origin } from '../plan.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** The known or assumed values of one request. */
export interface Given {
  /** Its variables. Undefined: any variables. */
  readonly variables?: Variables | undefined;
  /** Replaces an endpoint's own maxItems by array path. */
  readonly maxItemsOf?: ((endpoint: Endpoint) => Endpoint['maxItems']) | undefined;
  /** Values of the variables in @skip and @include. A variable that is missing may be true or false. */
  readonly conditions?: ReadonlyMap<string, boolean> | undefined;
}

/** A list field without a known maximum length. */
export class UnboundedListError extends Error {
  /** The field's path in the response. */
  readonly path: string;

  constructor(path: string) {
    super(`${path} is a list without a bound: neither an argument with @range nor maxItems in its OpenAPI document.`);
    this.path = path;
  }
}

/** A row or a property of a row. It belongs to one of these endpoints. */
export interface RowPath {
  readonly endpoints: readonly Endpoint[];
  /** Dotted path of the property; empty for the row. */
  readonly property: string;
}

/** The path of a property within a row or within an object of a row. */
export function within({ endpoints, property }: RowPath, name: string): RowPath {
  return { endpoints, property: joined(property, name) };
}

/** OpenAPI's maxItems of the array at a path; undefined if one of the endpoints has none. */
export function documentedItems(
  { endpoints, property }: RowPath,
  { maxItemsOf = ({ maxItems }) => maxItems }: Given,
): number | undefined {
  const bounds = endpoints.map((endpoint) => {
    const maxItems = maxItemsOf(endpoint);
    const path = joined(endpoint.rows.path, property);
    // A property's name may be "constructor".
    return Object.hasOwn(maxItems, path) ? maxItems[path] : undefined;
  });
  const known = bounds.filter((bound) => bound !== undefined);
  return known.length === 0 || known.length < bounds.length ? undefined : Math.max(...known);
}

const joined = (...names: readonly string[]): string => names.filter((name) => name !== '').join('.');

/** A field with the arguments of an operation. */
export interface GivenField {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly arguments: readonly ArgumentNode[];
}

/**
 * The maximum number of rows on a page: the largest value of the endpoint's limit parameter or the service's own bound, whichever is
 * less. Unknown variables have their worst value.
 */
export function pageRows(
  endpoint: ListDescription,
  params: Readonly<Record<string, Origin>>,
  field: GivenField,
  given: Given,
): number | undefined {
  const origin = endpoint.limit === undefined ? undefined : params[endpoint.limit];
  const bounds = [documentedItems({ endpoints: [endpoint], property: '' }, given)];
  if (origin?.from === 'argument') bounds.push(largestArgument(origin.name, field, given.variables));
  if (origin?.from === 'constant') bounds.push(count(origin.value));
  const known = bounds.filter((bound) => bound !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The largest possible value of an argument; undefined if there is none, or if the argument may be null. */
export function largestArgument(
  name: string,
  { definition, arguments: given }: GivenField,
  variables?: Variables,
): number | undefined {
  const argument = definition.args.find((candidate) => candidate.name === name);
  const value = given.find((node) => node.name.value === name)?.value;
  if (!argument) return undefined;
  if (value === undefined) return count(argument.defaultValue);
  if (value.kind === Kind.INT) return count(Number(value.value));
  const known = value.kind === Kind.VARIABLE ? count(variableIn(variables, value.name.value)) : undefined;
  if (known !== undefined) return known;
  // A null removes the parameter from the call, and the service chooses the length.
  if (!isNonNullType(argument.type)) return undefined;
  const max = rangeOf(argument)?.max;
  return max === undefined ? undefined : Math.max(max, count(argument.defaultValue) ?? 0);
}

/** The value of a variable; undefined if the request does not have it. */
export function variableIn(variables: Variables | undefined, name: string): unknown {
  return variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
}

// The meaning of a negative limit depends on the service.
const count = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 ? value : undefined);
