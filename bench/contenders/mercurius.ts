/** Mercurius on Fastify, with operations compiled by graphql-jit at their first run, and DataLoader. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { type Context, contextOf } from './context.ts';
import { resolvers } from './resolvers.ts';
import { typeDefs } from './schema.ts';

declare module 'mercurius' {
  interface MercuriusContext extends Context {}
}

const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: (request) => contextOf(request.headers),
});
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
