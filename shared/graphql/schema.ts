import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import type { GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';

/** A client's schema from its SDL and its resolver map; throws where the map has something that the SDL has not. */
export function buildSchema(sdl: string, resolvers: IResolvers<unknown, Context>): GraphQLSchema {
  return makeExecutableSchema<Context>({
    typeDefs: sdl,
    resolvers,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error', requireResolversForResolveType: 'error' },
  });
}
