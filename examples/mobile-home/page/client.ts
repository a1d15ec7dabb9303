import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { idOf } from '@facet/mobile-client';

/**
 * Creates a client that requests screens by their ids instead of sending query texts. In production, the gateway authenticates users and
 * sets the identity header.
 */
export function clientFor(userId: string): ApolloClient {
  const http = new HttpLink({ uri: '/graphql', headers: { 'X-User-Id': userId } });
  const link = new PersistedQueryLink({ generateHash: idOf }).concat(http);
  return new ApolloClient({ link, cache: new InMemoryCache() });
}
