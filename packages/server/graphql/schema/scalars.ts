import {
  GraphQLError,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLNullableType,
  GraphQLScalarType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { ExactNumber, integerText, isChanged, nearestDouble, parseExactly } from '../../request/exact-json.ts';
import { ResolverError } from '../answer-error.ts';
import type { ResolverMap } from './resolver-map.ts';

/**
 * Prepares the scalars of a schema. ID keeps the digits of integers beyond 2^53. Int and Float reject numbers that a double would change.
 * Custom scalars serialize to plain JSON: by the client's own scalar in the resolver map, DateTime as RFC 3339, and the others unchanged.
 */
export function replaceScalars(schema: GraphQLSchema, resolvers: ResolverMap): void {
  replaceNumberScalars(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    if (Object.hasOwn(resolvers, type.name)) type.serialize = serializeWith(type, type.serialize);
    else type.serialize = type.name === 'DateTime' ? toDateTime : (value) => toJson(type.name, value);
  }
}

/** graphql-js shares its built-in scalars between all schemas of a process, so they are replaced. Introspection uses none of the three. */
function replaceNumberScalars(schema: GraphQLSchema): void {
  const types = schema.getTypeMap();
  const scalars = new Map(makeScalars().map((scalar) => [scalar.name, scalar]));
  for (const [name, scalar] of scalars) if (types[name]) types[name] = scalar;

  const replaced = <Type extends GraphQLType>(type: Type): Type => {
    const named = getNamedType(type);
    const scalar = isSpecifiedScalarType(named) ? scalars.get(named.name) : undefined;
    return scalar ? (wrappedAs(type, scalar) as Type) : type;
  };
  for (const type of Object.values(types)) {
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        field.type = replaced(field.type);
        for (const argument of field.args) argument.type = replaced(argument.type);
      }
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) field.type = replaced(field.type);
    }
  }
  for (const { args } of schema.getDirectives()) for (const argument of args) argument.type = replaced(argument.type);
}

/** The scalar in the list and non-null wrappers of a type. */
function wrappedAs(type: GraphQLType, scalar: GraphQLScalarType): GraphQLType {
  if (isNonNullType(type)) return new GraphQLNonNull(wrappedAs(type.ofType, scalar) as GraphQLNullableType);
  return isListType(type) ? new GraphQLList(wrappedAs(type.ofType, scalar)) : scalar;
}

function makeScalars(): GraphQLScalarType[] {
  return [
    new GraphQLScalarType({
      ...GraphQLID.toConfig(),
      serialize: (value) => (isNumber(value) ? idOf(value) : GraphQLID.serialize(value)),
      parseValue: (value) => (isNumber(value) ? idOf(value) : GraphQLID.parseValue(value)),
    }),
    new GraphQLScalarType({
      ...GraphQLInt.toConfig(),
      serialize: (value) => GraphQLInt.serialize(isExact(value) ? value : changed('Int')),
    }),
    new GraphQLScalarType({
      ...GraphQLFloat.toConfig(),
      serialize: (value) => GraphQLFloat.serialize(nearest(value)),
    }),
  ];
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || value instanceof ExactNumber;

function idOf(value: unknown): string {
  const text = integerText(value);
  if (text !== undefined) return text;
  throw new GraphQLError('ID cannot represent a number with a fraction or with more than 512 digits.');
}

/** Whether a double holds a number exactly. Services that avoid doubles send numbers as text. */
function isExact(value: unknown): boolean {
  if (typeof value === 'string') return !isChanged(Number(value), value);
  return !(value instanceof ExactNumber);
}

function nearest(value: unknown): unknown {
  if (isExact(value)) return value;
  const exact = value instanceof ExactNumber ? value : new ExactNumber(String(value));
  return nearestDouble(exact) ?? changed('Float');
}

function changed(name: string): never {
  throw new GraphQLError(`${name} cannot represent a number that a double would change.`);
}

function serializeWith(type: GraphQLScalarType, serialize: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => {
    let serialized: unknown;
    try {
      serialized = serialize.call(type, value);
    } catch (error) {
      throw error instanceof GraphQLError ? error : new ResolverError(error);
    }
    return toJson(type.name, serialized);
  };
}

/**
 * Converts a value of a custom scalar to plain JSON, so that serializing the response cannot fail. A value without a JSON form is an error
 * of the field, and so is an error in its `toJSON` or in a getter.
 */
function toJson(scalar: string, value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value;
  const text = typeof value === 'number' ? undefined : jsonOf(value);
  if (text === undefined || text === 'null') {
    throw new GraphQLError(`${scalar} cannot represent a value without a JSON form.`);
  }
  return parseExactly(text);
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new ResolverError(error);
  }
}

/** RFC 3339 does not limit the fraction of a second; this limits it. */
const MAX_DATE_TIME = 64;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Passes a service's RFC 3339 text on unchanged. */
function toDateTime(value: unknown): string {
  if (typeof value === 'string' && value.length <= MAX_DATE_TIME && RFC3339.test(value)) return value;
  throw new GraphQLError('DateTime cannot represent a value that is not an RFC 3339 date and time.');
}
