/** The client libraries themselves, with what they really send, against a server in each mode. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ApolloClient, type ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { BOOK_QUERY, PERSISTED } from '@facet/testing/internal/relay/book-query.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { parse } from 'graphql';
import relay, { type GraphQLResponse, type OperationType } from 'relay-runtime';
import { DOCUMENT_MODES } from './documents/ad-hoc-use.ts';

const SCREEN = readFileSync(`${FIXTURE}bffs/web/screens/BookPage.graphql`, 'utf8');
const AD_HOC = 'query Mine($id: ID!) { book(id: $id) { id name } }';
const VARIABLES = { id: 'b_7' };
const CALLER = { 'X-Member-Id': 'm_42', 'apollo-require-preflight': 'yes' };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What came of an operation: the name of its book, or the code of its error. */
type Outcome = string | undefined;

/** One way of asking: a client library as its users set it up. */
type Ask = (url: string, text: string) => Promise<Outcome>;

const apollo =
  (linkTo: (url: string) => ApolloLink): Ask =>
  async (url, text) => {
    const client = new ApolloClient({ link: linkTo(`${url}/graphql`), cache: new InMemoryCache() });
    try {
      const { data } = await client.query<{ book: { name: string } }>({ query: parse(text), variables: VARIABLES });
      return data?.book.name;
    } catch (error) {
      if (!CombinedGraphQLErrors.is(error)) throw error;
      return String(error.errors[0]?.extensions?.['code']);
    } finally {
      client.stop();
    }
  };

const http = (uri: string) => new HttpLink({ uri, headers: CALLER });
const hashed = (useGETForHashedQueries: boolean) => (uri: string) =>
  new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(http(uri));

const urql =
  (exchanges: ConstructorParameters<typeof Client>[0]['exchanges']): Ask =>
  async (url, text) => {
    const client = new Client({
      url: `${url}/graphql`,
      exchanges,
      preferGetMethod: false,
      fetchOptions: { headers: CALLER },
    });
    const { data, error } = await client.query<{ book: { name: string } }>(text, VARIABLES).toPromise();
    return error ? String(error.graphQLErrors[0]?.extensions['code']) : data?.book.name;
  };

const hashing = (preferGetForPersistedQueries: boolean) =>
  persistedExchange({ generateHash: async (text) => sha256(text), preferGetForPersistedQueries });

const LIBRARIES: readonly { readonly library: string; readonly ask: Ask }[] = [
  { library: 'Apollo Client', ask: apollo(http) },
  { library: 'Apollo Client with hashes', ask: apollo(hashed(false)) },
  { library: 'Apollo Client with hashes by GET', ask: apollo(hashed(true)) },
  { library: 'urql', ask: urql([cacheExchange, fetchExchange]) },
  { library: 'urql with hashes', ask: urql([cacheExchange, hashing(false), fetchExchange]) },
  { library: 'urql with hashes by GET', ask: urql([cacheExchange, hashing(true), fetchExchange]) },
];

let services: ReferenceServices;
const manifests = mkdtempSync(`${tmpdir()}/facet-relay-`);

beforeAll(async () => {
  writeFileSync(`${manifests}/relay.json`, JSON.stringify(PERSISTED));
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

describe.each(DOCUMENT_MODES.map((mode) => ({ mode })))('with DOCUMENTS=$mode', ({ mode }) => {
  let running: RunningBff;
  beforeAll(async () => {
    running = await startBff({ ...web, manifests }, services.urls, { DOCUMENTS: mode });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  const adHocCalls = () => running.logged.filter(({ msg }) => msg === 'operation that is not registered');

  test.each(LIBRARIES)('$library asks for a screen', async ({ ask }) => {
    const before = adHocCalls().length;
    expect(await ask(running.url, SCREEN)).toMatch(/\w \w/);
    expect(adHocCalls().length).toBe(before);
  });

  test.each(LIBRARIES)('$library asks ad hoc', async ({ ask }) => {
    const outcome = await ask(running.url, AD_HOC);
    if (mode === 'locked') expect(outcome).toBe('SCREEN_NOT_FOUND');
    else expect(outcome).toMatch(/\w \w/);
  });

  test('Relay asks by the ids of its own compiler', async () => {
    const answers: GraphQLResponse[] = [];
    const network = relay.Network.create(async ({ id }, variables) => {
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...CALLER },
        body: JSON.stringify({ documentId: id, variables }),
      });
      const answer = (await response.json()) as GraphQLResponse;
      answers.push(answer);
      return answer;
    });
    const environment = new relay.Environment({ network, store: new relay.Store(new relay.RecordSource()) });
    const data = await relay.fetchQuery<OperationType>(environment, BOOK_QUERY, VARIABLES).toPromise();
    expect(data).toMatchObject({ book: { name: expect.stringMatching(/\w \w/) } });
    // The compiler asks for the ids that its store goes by.
    expect(answers).toMatchObject([{ data: { book: { id: 'b_7' } } }]);
  });
});
