/** Apollo Server on Express with its default settings, and DataLoader. */
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { type Context, contextOf } from './context.ts';
import { resolvers } from './resolvers.ts';
import { typeDefs } from './schema.ts';

const server = new ApolloServer<Context>({ typeDefs, resolvers });
await server.start();

const app = express();
app.use('/graphql', express.json(), expressMiddleware(server, { context: async ({ req }) => contextOf(req.headers) }));
app.listen(Number(process.env['PORT']), '127.0.0.1');
