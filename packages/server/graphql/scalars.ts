import { GraphQLError, type GraphQLScalarType, type GraphQLSchema, isScalarType, isSpecifiedScalarType } from 'graphql';
import { InputError } from '../command/input-error.ts';
import { didYouMean } from '../command/nearest.ts';
import { parseExactly } from '../request/exact-json.ts';
import { ResolverError } from './answer-error.ts';

/**
 * Implements the custom scalars of a schema. Throws an InputError for a scalar that the schema does not declare; `client` is named in it.
 * A serialized value becomes plain JSON, so that writing the response cannot fail on it.
 */
export function implementScalars(
  schema: GraphQLSchema,
  scalars: Readonly<Record<string, GraphQLScalarType>>,
  client: string,
): GraphQLSchema {
  const declared = Object.values(schema.getTypeMap()).filter(
    (type) => isScalarType(type) && !isSpecifiedScalarType(type),
  );
  for (const [name, given] of Object.entries(scalars)) {
    const type = declared.find((one) => one.name === name);
    if (!isScalarType(type)) {
      const names = declared.map((one) => one.name);
      throw new InputError(`${client}: the schema declares no scalar ${name}.${didYouMean(name, names)}`);
    }
    type.serialize = (value) => toJson(name, serialize(given, value));
    type.parseValue = given.parseValue;
    type.parseLiteral = given.parseLiteral;
  }
  return schema;
}

function serialize(scalar: GraphQLScalarType, value: unknown): unknown {
  try {
    return scalar.serialize(value);
  } catch (error) {
    throw error instanceof GraphQLError ? error : new ResolverError(error);
  }
}

function toJson(scalar: string, value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value;
  const text = typeof value === 'number' ? undefined : JSON.stringify(value);
  if (text === undefined) throw new GraphQLError(`${scalar} cannot represent a value without a JSON form.`);
  return parseExactly(text);
}
