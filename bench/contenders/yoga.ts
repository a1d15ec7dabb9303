/** GraphQL Yoga on node:http with its default settings, and DataLoader. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { type Context, contextOf } from './context.ts';
import { resolvers } from './resolvers.ts';
import { typeDefs } from './schema.ts';

interface OfNode {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

const yoga = createYoga<OfNode, Context>({
  schema: createSchema<OfNode & Context>({ typeDefs, resolvers }),
  context: ({ req }) => contextOf(req.headers),
});
createServer(yoga).listen(Number(process.env['PORT']), '127.0.0.1');
