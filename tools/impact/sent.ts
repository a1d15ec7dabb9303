import { type ArgumentNode, type GraphQLArgument, type GraphQLField, isNonNullType, Kind } from 'graphql';
import type { Endpoint } from '../../shared/downstream/endpoint.ts';
import { largestArgument } from '../../shared/graphql/analysis/list-bounds.ts';
import { rangeOf } from '../../shared/graphql/argument-check.ts';
import type { Origin, PlannedCall } from '../../shared/graphql/plan.ts';

/** A query parameter that calls have, or may have. */
export interface Sent {
  /** Whether every call has it. */
  readonly isCertain: boolean;
  /** Bounds of its number, or of how many values it has. */
  readonly least: number;
  readonly most: number;
}

export type SentParameters = ReadonlyMap<string, Sent>;

/** Arguments as an operation gives them; undefined for any. */
interface FieldArguments {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly arguments: readonly ArgumentNode[] | undefined;
}

interface Asking {
  /** Whether the call names the properties that it wants. */
  readonly isSparse: boolean;
  /** Keys that it has at most. */
  readonly mostKeys: number;
}

/** The query parameters that a field's call sends. */
export function callOf(call: PlannedCall, field: FieldArguments, { isSparse, mostKeys }: Asking): SentParameters {
  const { endpoint, params } = call;
  const sent = new Map<string, Sent>(fixed(endpoint).map((name) => [name, ANY]));
  if (endpoint.kind === 'batch') {
    const most = endpoint.ids.many ? Math.min(endpoint.maxBatch, mostKeys) : 1;
    const { path } = endpoint.ids.request(endpoint.path, ['key']);
    for (const name of new URL(path, 'http://localhost').searchParams.keys()) {
      if (!sent.has(name)) sent.set(name, { isCertain: true, least: 1, most });
    }
  } else {
    for (const [name, origin] of Object.entries(params)) {
      const one = sentBy(origin, field);
      if (one) sent.set(name, one);
    }
  }
  if (isSparse && endpoint.sparse !== undefined) sent.set(endpoint.sparse, { isCertain: true, least: 1, most: 1 });
  return sent;
}

const ANY: Sent = { isCertain: true, least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

const fixed = ({ path }: Endpoint): string[] => [...new URL(path, 'http://localhost').searchParams.keys()];

/** Undefined where the operation gives no argument for it. */
function sentBy(origin: Origin, { definition, arguments: given }: FieldArguments): Sent | undefined {
  const argument = definition.args.find(({ name }) => name === origin.name);
  if (origin.from !== 'argument' || !argument) return ANY;
  const hasDefault = argument.defaultValue !== undefined && argument.defaultValue !== null;
  const isGiven = given?.some(({ name }) => name.value === origin.name) ?? true;
  if (!isGiven && !hasDefault) return undefined;
  const isCertain = hasDefault || isNonNullType(argument.type);
  return { isCertain, least: least(argument, given), most: most(argument, { definition, arguments: given }) };
}

function most(argument: GraphQLArgument, { definition, arguments: given }: FieldArguments): number {
  const largest = given ? largestArgument(argument.name, { definition, arguments: given }) : rangeOf(argument)?.max;
  return largest ?? Number.POSITIVE_INFINITY;
}

function least(argument: GraphQLArgument, given: readonly ArgumentNode[] | undefined): number {
  const value = given?.find(({ name }) => name.value === argument.name)?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  const isDefault = given !== undefined && value === undefined && typeof argument.defaultValue === 'number';
  return (isDefault ? (argument.defaultValue as number) : rangeOf(argument)?.min) ?? Number.NEGATIVE_INFINITY;
}
