import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { GraphQLError, type GraphQLSchema, isObjectType, isScalarType } from 'graphql';
import type { Context } from './context.ts';

/** A client's schema from its SDL and its resolver map; throws where the map has something that the SDL has not. */
export function buildSchema(sdl: string, resolvers: IResolvers<unknown, Context>): GraphQLSchema {
  const schema = makeExecutableSchema<Context>({
    typeDefs: sdl,
    resolvers,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error', requireResolversForResolveType: 'error' },
  });
  // graphql-tools binds every resolver, and a bound function has lost its plan.
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolve: unknown = Object.getOwnPropertyDescriptor(fields, name)?.value;
      if (typeof resolve === 'function') field.resolve = resolve as typeof field.resolve & object;
    }
  }
  const dateTime = schema.getType('DateTime');
  if (isScalarType(dateTime)) dateTime.serialize = toDateTime;
  return schema;
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** What a service says is a moment in time goes on as it is, where it is one. */
function toDateTime(value: unknown): string {
  if (typeof value === 'string' && RFC3339.test(value)) return value;
  throw new GraphQLError('DateTime cannot represent what is not in the form of RFC 3339.');
}
