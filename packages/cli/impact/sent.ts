import { largestArgument } from '@facet/server/internal/graphql/analysis/list-bounds.ts';
import { rangeOf } from '@facet/server/internal/graphql/execution/argument-check.ts';
import type { Origin, PlannedCall } from '@facet/server/internal/graphql/plan.ts';
import {
  type ArgumentNode,
  type GraphQLArgument,
  type GraphQLField,
  getNamedType,
  isEnumType,
  isNonNullType,
  Kind,
  type ValueNode,
  valueFromAST,
} from 'graphql';

/** The values that a call sends for a parameter. */
export interface Sent {
  /** Whether every call sends the parameter. */
  readonly isCertain: boolean;
  /** Bounds of a number, or of the number of values. */
  readonly least: number;
  readonly most: number;
  /** Possible JSON Schema types of the value, or of each value. */
  readonly kinds: readonly ('string' | 'integer' | 'number' | 'boolean')[];
  /** All possible values; undefined if they are unknown. */
  readonly values: readonly (string | number | boolean)[] | undefined;
  /** Whether several values are distinct. */
  readonly isUnique: boolean;
}

export type SentParameters = ReadonlyMap<string, Sent>;

/** The arguments of a field in an operation; undefined if they are unknown. */
interface FieldArguments {
  readonly definition: GraphQLField<unknown, unknown>;
  readonly arguments: readonly ArgumentNode[] | undefined;
}

interface RequestedRows {
  /** The properties that the call requests with the sparse parameter; undefined without one, and 'any' if they are unknown. */
  readonly properties: readonly string[] | 'any' | undefined;
  /** Largest number of keys. */
  readonly mostKeys: number;
}

/** The query parameters of a field's call, and the properties of its request body. */
export function callOf(
  call: PlannedCall,
  field: FieldArguments,
  { properties, mostKeys }: RequestedRows,
): SentParameters {
  const { endpoint, params } = call;
  const sent = new Map<string, Sent>();
  for (const [name, value] of new URL(endpoint.path, 'http://localhost').searchParams) sent.set(name, exactly(value));
  if (endpoint.kind === 'batch') {
    const keys = { ...SOME_TEXT, least: 1, most: endpoint.ids.many ? Math.min(endpoint.maxBatch, mostKeys) : 1 };
    const { path, body } = endpoint.ids.request(endpoint.path, ['key']);
    const names = [...new URL(path, 'http://localhost').searchParams.keys(), ...Object.keys(JSON.parse(body ?? '{}'))];
    for (const name of names) if (!sent.has(name)) sent.set(name, keys);
  } else {
    for (const [name, origin] of Object.entries(params)) {
      const one = sentBy(origin, field);
      if (one) sent.set(name, one);
    }
  }
  if (properties !== undefined && endpoint.sparse !== undefined) {
    const names =
      properties === 'any' ? { most: Infinity, values: undefined } : { most: properties.length, values: properties };
    sent.set(endpoint.sparse, { ...SOME_TEXT, least: 1, ...names });
  }
  return sent;
}

/** An arbitrary text, such as a key. */
export const SOME_TEXT: Sent = {
  isCertain: true,
  least: Number.NEGATIVE_INFINITY,
  most: Number.POSITIVE_INFINITY,
  kinds: ['string'],
  values: undefined,
  isUnique: true,
};

function exactly(value: string | number | boolean): Sent {
  const number = Number(value);
  const bounds = value === '' || Number.isNaN(number) ? {} : { least: number, most: number };
  return { ...SOME_TEXT, ...bounds, values: [value], isUnique: false };
}

/** Undefined if the operation does not pass the argument. */
function sentBy(origin: Origin, { definition, arguments: given }: FieldArguments): Sent | undefined {
  if (origin.from === 'constant' && origin.value !== undefined) return exactly(origin.value);
  const argument = definition.args.find(({ name }) => name === origin.name);
  if (origin.from !== 'argument' || !argument) return { ...SOME_TEXT, isUnique: false };
  const hasDefault = argument.defaultValue !== undefined && argument.defaultValue !== null;
  const value = given?.find(({ name }) => name.value === origin.name)?.value;
  if (given && (value === undefined ? !hasDefault : value.kind === Kind.NULL)) return undefined;
  return {
    isCertain: isNonNullType(argument.type) || (hasDefault && given !== undefined && value?.kind !== Kind.VARIABLE),
    least: least(argument, given),
    most: most(argument, { definition, arguments: given }),
    kinds: [KINDS[getNamedType(argument.type).name] ?? 'string'],
    values: (origin.through ?? []).length > 0 ? undefined : valuesOf(argument, given, value),
    isUnique: false,
  };
}

const KINDS: Readonly<Record<string, Sent['kinds'][number]>> = { Int: 'integer', Float: 'number', Boolean: 'boolean' };

function valuesOf(
  argument: GraphQLArgument,
  given: readonly ArgumentNode[] | undefined,
  value: ValueNode | undefined,
): Sent['values'] {
  const type = getNamedType(argument.type);
  const known =
    given === undefined || value?.kind === Kind.VARIABLE
      ? undefined
      : value
        ? valueFromAST(value, argument.type)
        : argument.defaultValue;
  if (typeof known === 'string' || typeof known === 'number' || typeof known === 'boolean') return [known];
  if (isEnumType(type)) return type.getValues().map(({ value: each }) => String(each));
  return type.name === 'Boolean' ? [true, false] : undefined;
}

function most(argument: GraphQLArgument, { definition, arguments: given }: FieldArguments): number {
  const largest = given ? largestArgument(argument.name, { definition, arguments: given }) : rangeOf(argument)?.max;
  // Null is not sent, so the range is the only bound.
  return largest ?? rangeOf(argument)?.max ?? Number.POSITIVE_INFINITY;
}

function least(argument: GraphQLArgument, given: readonly ArgumentNode[] | undefined): number {
  const value = given?.find(({ name }) => name.value === argument.name)?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  const isDefault = given !== undefined && value === undefined && typeof argument.defaultValue === 'number';
  return (isDefault ? (argument.defaultValue as number) : rangeOf(argument)?.min) ?? Number.NEGATIVE_INFINITY;
}
