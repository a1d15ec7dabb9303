import { idOf, isScreen } from '@facet/web-client';
import { persistedExchange } from '@urql/exchange-persisted';
import { Client, cacheExchange, fetchExchange } from 'urql';

/** A screen goes by its id; the text of it never leaves the page. */
const ids = persistedExchange({ generateHash: async (_text, query) => (isScreen(query) ? idOf(query) : null) });

/**
 * Asks the BFF as this user. In production the gateway knows who is signed in, and sets the header in place of whatever a
 * page sends.
 */
export function clientFor(userId: string): Client {
  return new Client({
    url: '/graphql',
    exchanges: [cacheExchange, ids, fetchExchange],
    fetchOptions: { headers: { 'X-User-Id': userId, 'apollo-require-preflight': 'yes' } },
  });
}
