import {
  buildSchema as buildFromSdl,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isObjectType,
  isScalarType,
} from 'graphql';
import type { Context } from './context.ts';

/** What resolves the fields of object types, and as `__resolveType` the type of an interface's or union's values. */
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * A client's schema from its SDL and its resolver map. Throws where the SDL is not valid, and where the map has
 * something that the SDL has not, or the SDL an abstract type that the map does not resolve.
 */
export function buildSchema(sdl: string, resolvers: ResolverMap): GraphQLSchema {
  const schema = buildFromSdl(sdl);
  for (const [typeName, fields] of Object.entries(resolvers)) {
    for (const [name, resolve] of Object.entries(fields)) attach(schema, typeName, name, resolve);
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type) && !type.resolveType) throw new Error(`${type.name} has no resolver __resolveType.`);
  }
  const dateTime = schema.getType('DateTime');
  if (isScalarType(dateTime)) dateTime.serialize = toDateTime;
  return schema;
}

function attach(schema: GraphQLSchema, typeName: string, name: string, resolve: unknown): void {
  const type = schema.getType(typeName);
  if (typeof resolve !== 'function') throw new Error(`The resolver of ${typeName}.${name} is not a function.`);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (field) field.resolve = resolve as GraphQLFieldResolver<unknown, Context>;
  else if (isAbstractType(type) && name === '__resolveType') {
    type.resolveType = resolve as GraphQLTypeResolver<unknown, Context>;
  } else throw new Error(`There is a resolver of ${typeName}.${name}, which the schema does not have.`);
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** What a service says is a moment in time goes on as it is, where it is one. */
function toDateTime(value: unknown): string {
  if (typeof value === 'string' && RFC3339.test(value)) return value;
  throw new GraphQLError('DateTime cannot represent what is not in the form of RFC 3339.');
}
