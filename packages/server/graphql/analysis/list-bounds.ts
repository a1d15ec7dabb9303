import { type ArgumentNode, type GraphQLField, isNonNullType, Kind } from 'graphql';
import type { Endpoint, ListDescription } from '../../downstream/endpoint.ts';
import { rangeOf } from '../argument-check.ts';
import type { Origin } from '../plan.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** What is known of one request, or supposed. */
export interface Given {
  /** Its variables; undefined for whatever may come. */
  readonly variables?: Variables | undefined;
  /** maxItems of an endpoint's arrays by place, in place of the endpoint's own. */
  readonly maxItemsOf?: ((endpoint: Endpoint) => Endpoint['maxItems']) | undefined;
  /** Whether the condition of an @skip or @include holds, by its variable; undefined where either may be. */
  readonly conditions?: ReadonlyMap<string, boolean> | undefined;
}

/** A field of a list of which nobody says how long it can be. */
export class UnboundedListError extends Error {
  /** The field's place in the answer. */
  readonly path: string;

  constructor(path: string) {
    super(`${path} is a list without a bound: neither an argument with @range nor maxItems in its OpenAPI document.`);
    this.path = path;
  }
}

/** The row of an endpoint, or a property of it; of several endpoints where it may come from any of them. */
export interface RowPlace {
  readonly endpoints: readonly Endpoint[];
  readonly property: string;
}

/** The property of this name in a row, or in an object within one. */
export function within({ endpoints, property }: RowPlace, name: string): RowPlace {
  return { endpoints, property: joined(property, name) };
}

/** Most items of the array at a place, by OpenAPI's maxItems; undefined where it has none. */
export function documentedItems(
  { endpoints, property }: RowPlace,
  { maxItemsOf = ({ maxItems }) => maxItems }: Given,
): number | undefined {
  const bounds = endpoints.map((endpoint) => {
    const places = maxItemsOf(endpoint);
    const place = joined(endpoint.rows.path, property);
    // A property may be called `constructor`.
    return Object.hasOwn(places, place) ? places[place] : undefined;
  });
  return largest(bounds);
}

/** One of which nothing is known may be larger than all. */
function largest(bounds: readonly (number | undefined)[]): number | undefined {
  const known = bounds.filter((bound) => bound !== undefined);
  return known.length === 0 || known.length < bounds.length ? undefined : Math.max(...known);
}

const joined = (...names: readonly string[]): string => names.filter((name) => name !== '').join('.');

/** A field as an operation asks for it. */
export interface GivenField {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly arguments: readonly ArgumentNode[];
}

/**
 * Most rows on a page: what the field's argument for the endpoint's limit can be, or the service's own bound, whichever
 * is less. Variables are taken at their worst where they are not given.
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

/** The largest value that an argument can have; undefined where there is no largest, or where it may be missing. */
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
  // A null leaves the parameter out of the call, and the service then answers as many as it likes.
  if (!isNonNullType(argument.type)) return undefined;
  const most = rangeOf(argument)?.max;
  return most === undefined ? undefined : Math.max(most, count(argument.defaultValue) ?? 0);
}

/** The value of a variable; undefined where it is not known, or where the request does not have it. */
export function variableIn(variables: Variables | undefined, name: string): unknown {
  return variables !== undefined && Object.hasOwn(variables, name) ? variables[name] : undefined;
}

// What a service makes of a negative limit nobody knows.
const count = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 ? value : undefined);
