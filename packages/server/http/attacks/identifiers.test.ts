import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Loaders } from '../../downstream/batching/loaders.ts';
import { inPath } from '../../downstream/id-style.ts';
import type { Bff } from '../bff.ts';

/** What would be another address, if it became part of one. */
const ADDRESSES = [
  'http://evil.example/',
  '//evil.example/l_1',
  '\\\\evil.example\\l_1',
  '@evil.example/',
  '.',
  '..',
  '../readings',
  'l_1/../../members/m_7',
  '..%2f..%2fmembers',
  '%2e%2e%2fmembers',
  '..\\members',
  '/etc/passwd',
  'file:///etc/passwd',
  'l_1?fields=email',
  'l_1&limit=100',
  'l_1#',
  'l_1;v=2',
  'l_1%00',
  'l_1,l_2',
  '$(id)',
  "l_1' OR '1'='1",
  '{{7*7}}',
];
/** What is a host elsewhere, and an id like any other here. */
const HOSTS = [
  'evil.example',
  'http:evil.example',
  'evil.example:80',
  '169.254.169.254',
  'user@evil.example',
  'localhost:6379',
];

/** What is tested does not depend on time. */
const PATIENT = { REQUEST_DEADLINE_MS: '60000', SERVICE_TIMEOUT_MS: '60000' };

const globalId = (type: string, key: string) => Buffer.from(`${type}:${key}`).toString('base64url');

/** The rows of each client that an id asks for. */
const ROWS: Readonly<Record<string, (id: string) => readonly string[]>> = {
  mobile: (id) => [`loan(id: ${JSON.stringify(id)}) { id }`],
  web: (id) => ['loan', 'book'].map((field) => `${field}(id: ${JSON.stringify(id)}) { id }`),
  partner: (id) => [
    ...[id, globalId('LoanStatus', id)].map((one) => `loanStatus(id: ${JSON.stringify(one)}) { id }`),
    ...['Book', 'LoanStatus', id].map((type) => `node(id: ${JSON.stringify(globalId(type, id))}) { id }`),
  ],
};
/** The lists of each client that a text asks for. */
const LISTS: Readonly<Record<string, (text: string) => string>> = {
  mobile: (text) => `home { recentLoans(after: ${text}) { id } }`,
  web: (text) => `dashboard { loans(after: ${text}) { id } }`,
  partner: (text) => `books(genre: ${text}) { edges { cursor } }`,
};

describe.each(CLIENTS)('an identifier that $client is asked for', (bff: Bff) => {
  let ours: LocalService;
  let theirs: LocalService;
  let running: RunningBff;
  beforeAll(async () => {
    ours = await startLocalService((_request, response) => json(response, []));
    theirs = await startLocalService((_request, response) => json(response, []));
    running = await startBff(bff, { members: ours.url, loans: ours.url, library: ours.url }, PATIENT);
  });
  beforeEach(() => {
    ours.arrived.length = 0;
  });
  afterAll(async () => {
    expect(theirs.arrived).toEqual([]);
    await running[Symbol.asyncDispose]();
    await ours[Symbol.asyncDispose]();
    await theirs[Symbol.asyncDispose]();
  });

  test.each(ADDRESSES)('is no part of an address: %j is one parameter, or asks nobody', async (id) => {
    for (const row of ROWS[bff.client]?.(id) ?? []) {
      ours.arrived.length = 0;
      const { data, errors } = await running.query(`{ row: ${row} }`);
      expect(data).toEqual({ row: null });
      if (errors.length > 0) {
        expect(errors).toMatchObject([{ path: ['row'], extensions: { code: 'BAD_USER_INPUT' } }]);
        expect(ours.arrived).toEqual([]);
        continue;
      }
      const urls = ours.arrived.map(({ url }) => new URL(url, ours.url));
      expect(urls.map(({ pathname }) => pathname)).toEqual([expect.stringMatching(/^\/(loans|books)$/)]);
      expect(urls.map(({ searchParams }) => searchParams.getAll('ids'))).toEqual([[id]]);
      expect([...(urls[0]?.searchParams.keys() ?? [])].filter((name) => name !== 'fields')).toEqual(['ids']);
    }
  });

  test('is asked of our own service, whatever host it names', async () => {
    for (const id of [...HOSTS, new URL(theirs.url).host]) {
      ours.arrived.length = 0;
      for (const row of ROWS[bff.client]?.(id) ?? []) await running.query(`{ ${row} }`);
      expect(ours.arrived.length).toBeGreaterThan(0);
      for (const { url, headers } of ours.arrived) {
        expect(headers.host).toBe(new URL(ours.url).host);
        expect(url).toMatch(/^\/(loans|books)\?ids=/);
        expect(new URLSearchParams(url.slice(url.indexOf('?'))).getAll('ids')).toEqual([id]);
      }
    }
  });

  test('is who asks, and becomes no address either', async () => {
    for (const id of [...HOSTS, new URL(theirs.url).host]) {
      await running.query(`{ ${LISTS[bff.client]?.('"l_1"')} }`, {}, { [bff.identity.header]: id });
    }
    for (const { headers } of ours.arrived) expect(headers.host).toBe(new URL(ours.url).host);
    for (const id of ADDRESSES) {
      const { status } = await running.query('{ __typename }', {}, { [bff.identity.header]: id });
      expect(status).toBe(401);
    }
  });

  test.each([...ADDRESSES, 'a&limit=100000&fields=email', 'a=b', 'ä ö', '+', 'a%26limit%3D1'])(
    'may be any text in a list, and stays one parameter: %j',
    async (text) => {
      await running.query(`{ ${LISTS[bff.client]?.(JSON.stringify(text))} }`);
      expect(ours.arrived).toHaveLength(1);
      const [path = '', search] = ours.arrived[0]?.url.split('?') ?? [];
      const parameters = [...new URLSearchParams(search)];
      expect(path).toMatch(/^\/(loans|books)$/);
      expect(parameters.map(([name]) => name).sort()).toEqual(
        [bff.client === 'partner' ? 'genre' : 'after', 'fields', 'limit'].sort(),
      );
      expect(parameters.map(([, value]) => value)).toContain(text);
    },
  );
});

test('ids that a service has put into its rows are no addresses either', async () => {
  // A loan has 20 items at most.
  const loanOf: Readonly<Record<string, readonly string[]>> = {
    l_1: ADDRESSES.slice(0, 11),
    l_2: ADDRESSES.slice(11),
  };
  await using loans = await startLocalService(({ url }, response) => {
    const id = new URLSearchParams(url.slice(url.indexOf('?'))).get('ids') ?? '';
    json(response, [{ id, items: loanOf[id]?.map((bookId) => ({ bookId, days: 1 })) }]);
  });
  await using library = await startLocalService((_request, response) => json(response, []));
  const web = CLIENTS.find(({ client }) => client === 'web');
  expect(web).toBeDefined();
  if (!web) return;
  await using running = await startBff(web, { loans: loans.url, library: library.url }, PATIENT);
  for (const [loan, ids] of Object.entries(loanOf)) {
    library.arrived.length = 0;
    const { data, errors } = await running.query(`{ loan(id: "${loan}") { items { book { id } } } }`);
    expect(data.loan.items).toEqual(ids.map(() => ({ book: null })));
    const refused = ids.flatMap((id, index) => (id.includes(',') ? [index] : []));
    expect(errors.map(({ path, extensions: { code } }) => ({ path, code }))).toEqual(
      refused.map((index) => ({ path: ['loan', 'items', index, 'book'], code: 'SERVICE_BAD_RESPONSE' })),
    );
    const urls = library.arrived.map(({ url }) => new URL(url, library.url));
    expect(urls.map(({ pathname }) => pathname)).toEqual(['/books']);
    expect(urls[0]?.searchParams.getAll('ids')).toEqual([ids.filter((id) => !id.includes(',')).join()]);
  }
});

test('an id in a path stays the one part of it that it is', async () => {
  await using service = await startLocalService((_request, response) => response.writeHead(404).end());
  await using fetcher = fetcherFor(`${service.url}/base`);
  const things = batchOf<{ id: string }>()({ service: 'members', path: '/things/{id}/x', rowKey: 'id', ids: inPath() });
  const loaders = new Loaders(fetcher.rows, requestContext());
  const ids = [...ADDRESSES, ...HOSTS];
  const results = await Promise.allSettled(ids.map((id) => Promise.resolve(loaders.load(things, id))));
  const refused = ids.filter((_id, index) => results[index]?.status === 'rejected');
  expect(refused).toEqual(['.', '..', '../readings', 'l_1/../../members/m_7', '..\\members']);
  const sent = service.arrived.map(({ url }) => /^\/base\/things\/([\w.~%-]+)\/x$/.exec(url)?.[1] ?? url);
  expect(sent.map(decodeURIComponent).sort()).toEqual(ids.filter((id) => !refused.includes(id)).sort());
});
