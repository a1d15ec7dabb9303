import { idOf, isScreen } from '@facet/web-client';
import { persistedExchange } from '@urql/exchange-persisted';
import { Client, cacheExchange, fetchExchange } from 'urql';

/** Sends the id of a screen instead of its query text. */
const ids = persistedExchange({ generateHash: async (_text, query) => (isScreen(query) ? idOf(query) : null) });

/** Creates a client for this user. In production, the gateway authenticates users and sets the identity header. */
export function clientFor(userId: string): Client {
  return new Client({
    url: '/graphql',
    exchanges: [cacheExchange, ids, fetchExchange],
    fetchOptions: { headers: { 'X-User-Id': userId, 'apollo-require-preflight': 'yes' } },
  });
}
