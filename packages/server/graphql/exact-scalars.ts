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
  isSpecifiedScalarType,
} from 'graphql';
import { ExactNumber, integerText, isChanged, nearestDouble } from '../request/exact-json.ts';

/**
 * Gives a schema an ID that keeps the digits of integers beyond 2^53, and an Int and a Float that refuse what a double would
 * change. graphql-js builds every schema with scalars that all schemas of the process share, so they are replaced and not
 * changed. Introspection uses neither of the three.
 */
export function replaceNumberScalars(schema: GraphQLSchema): void {
  const types = schema.getTypeMap();
  const scalars = new Map(makeScalars().map((scalar) => [scalar.name, scalar]));
  for (const [name, scalar] of scalars) if (types[name]) types[name] = scalar;

  const replaced = <Type extends GraphQLType>(type: Type): Type => {
    const named = getNamedType(type);
    const scalar = isSpecifiedScalarType(named) ? scalars.get(named.name) : undefined;
    // The wrappers are those of the type that is replaced.
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
  throw new GraphQLError('ID cannot represent a number that is not an integer, or one of more than 512 digits.');
}

/** A number, or a text of one as services that know of doubles send it, that a double holds as it is written. */
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
