import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { type GraphQLSchema, isObjectType } from 'graphql';
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
  return schema;
}
