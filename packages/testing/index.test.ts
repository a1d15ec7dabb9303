/** The helpers, as a team uses them. */
import { arg, defineBff, defineServices, list, load } from '@facet/server';
import { faults, observe, type RunningBff, rowsByKey, startBff, startFakeServices } from '@facet/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bff as mobile } from './fixture/bffs/mobile/bff.ts';

const document = { maxItems: { '/newest': { '': 5 } }, properties: {} };
const { services, batchOf, listOf } = defineServices({
  books: { url: 'http://localhost:9', document },
  authors: { url: 'http://localhost:9', document },
});
const books = batchOf<{ id: string }>()({ service: 'books', path: '/books', rowKey: 'id' });
const authors = batchOf<{ id: string }>()({ service: 'authors', path: '/authors', rowKey: 'id' });
const newest = listOf<{ id: string }>()({ service: 'books', path: '/newest', rowKey: 'id' });

const reader = defineBff({
  client: 'reader',
  port: 4000,
  identity: { header: 'X-Member-Id', exampleId: 'm_1' },
  services,
  schema: `
    type Query { book(id: ID!): Book newest: [Book!] }
    type Book { id: ID! title: String! author: Author }
    type Author { id: ID! name: String! }
  `,
  resolvers: {
    Query: { book: load(books, arg('id')), newest: list(newest) },
    Book: { author: load(authors, 'authorId') },
  },
});

const BOOKS = [
  { id: 'b_1', title: 'Emma', authorId: 'a_1' },
  { id: 'b_2', title: 'Persuasion', authorId: 'a_1' },
  { id: 'b_3', title: 'Middlemarch', authorId: 'a_2' },
];
const AUTHORS = [
  { id: 'a_1', name: 'Jane Austen' },
  { id: 'a_2', name: 'George Eliot' },
];

const start = () =>
  startFakeServices({
    books: { '/books': rowsByKey(BOOKS), '/newest': BOOKS },
    authors: { '/authors': rowsByKey(AUTHORS) },
  });

describe('a BFF in front of fake services', () => {
  let fakes: Awaited<ReturnType<typeof start>>;
  let running: RunningBff;
  beforeAll(async () => {
    fakes = await start();
    running = await startBff(reader, fakes.urls, { CIRCUIT_BREAKER: 'off' });
  });
  afterEach(() => fakes.heal());
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await fakes[Symbol.asyncDispose]();
  });

  const NEWEST = '{ newest { title author { name } } }';

  test('makes calls that are counted by wave', async () => {
    const { result, calls, waves } = await observe(fakes, () => running.query(NEWEST));
    expect(result.errors).toEqual([]);
    expect(result.data.newest).toEqual([
      { title: 'Emma', author: { name: 'Jane Austen' } },
      { title: 'Persuasion', author: { name: 'Jane Austen' } },
      { title: 'Middlemarch', author: { name: 'George Eliot' } },
    ]);
    expect(waves).toEqual([['books'], ['authors']]);
    expect(calls.map(({ service, method, url }) => `${service} ${method} ${url}`)).toEqual([
      'books GET /newest',
      'authors GET /authors?ids=a_1,a_2',
    ]);
    expect(calls[1]?.headers).toMatchObject({ 'x-member-id': 'm_1' });
  });

  test('counts each run by itself', async () => {
    const { calls } = await observe(fakes, () => running.query('{ book(id: "b_3") { title } }'));
    expect(calls.map(({ url }) => url)).toEqual(['/books?ids=b_3']);
  });

  test.each([
    ['an error status', faults.status(503), 'SERVICE_UNAVAILABLE'],
    ['a reset connection', faults.reset, 'SERVICE_UNAVAILABLE'],
    ['a page of HTML', faults.html, 'SERVICE_BAD_RESPONSE'],
    ['cut JSON', faults.cutJson, 'SERVICE_BAD_RESPONSE'],
  ])('shows what a screen makes of %s', async (_name, fault, code) => {
    fakes.fail('authors', fault);
    const { data, errors } = await running.query(NEWEST);
    expect(data.newest[0]).toEqual({ title: 'Emma', author: null });
    expect(errors[0]).toMatchObject({ path: ['newest', 0, 'author'], extensions: { code, service: 'authors' } });
    fakes.heal('authors');
    expect((await running.query(NEWEST)).errors).toEqual([]);
  });

  test('shows what a screen makes of a service that hangs', async () => {
    await using impatient = await startBff(reader, fakes.urls, { SERVICE_TIMEOUT_MS: '100' });
    fakes.fail('books', faults.hang);
    const { data, errors } = await impatient.query(NEWEST);
    expect(data).toEqual({ newest: null });
    expect(errors).toMatchObject([{ path: ['newest'], extensions: { code: 'SERVICE_TIMEOUT' } }]);
  });
});

test('a screen of a client runs by its name', async () => {
  await using fakes = await startFakeServices({ members: {}, loans: { '/loans': [] }, library: { '/readings': [] } });
  await using running = await startBff(mobile, fakes.urls);
  const { result, waves } = await observe(fakes, () => running.screen('Home', { first: 1 }));
  expect(result.data.home).toMatchObject({ recentLoans: [], readings: [] });
  expect(waves).toEqual([['library', 'loans', 'members']]);
});

describe('a fake service', () => {
  test('answers by method, path and parameters, and 404 to all else', async () => {
    await using fakes = await startFakeServices({
      loans: {
        '/loans/{id}': ({ params, query }) => ({ id: params['id'], fields: query.get('fields') }),
        'POST /loans': ({ body }) => Response.json(JSON.parse(body), { status: 201 }),
        '/broken': () => {
          throw new Error('no data');
        },
      },
    });
    const { loans } = fakes.urls;
    const ask = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${loans}${path}`, init);
      return { status: response.status, text: await response.text() };
    };
    expect(await ask('/loans/l%201?fields=id')).toEqual({ status: 200, text: '{"id":"l 1","fields":"id"}' });
    expect(await ask('/loans', { method: 'POST', body: '{"id":"l_2"}' })).toEqual({
      status: 201,
      text: '{"id":"l_2"}',
    });
    expect(await ask('/loans')).toEqual({ status: 404, text: '' });
    expect(await ask('/broken')).toEqual({ status: 500, text: '{"title":"Error: no data"}' });
  });

  test('refuses a route without a path', async () => {
    await expect(startFakeServices({ loans: { loans: [] } })).rejects.toThrow(
      '"loans" is not a route such as "/books"',
    );
  });
});
