import { readFileSync } from 'node:fs';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { largestServices } from '@facet/testing/internal/largest-services.ts';
import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { maxCallsOf, type RowsOf } from '@facet/testing/internal/max-calls.ts';
import { randomQuery } from '@facet/testing/internal/random-query.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import type { RowSource } from '../../downstream/batching/row-source.ts';
import { cachedRows } from '../../downstream/cache/cached-rows.ts';
import { EntityCache } from '../../downstream/cache/entity-cache.ts';
import { createRefresh } from '../../downstream/cache/refresh.ts';
import type { Fetch } from '../../downstream/fetcher.ts';
import { inPath } from '../../downstream/id-style.ts';
import { createLog } from '../../telemetry/log.ts';
import type { Context } from '../context.ts';
import { arg, list, load, page as pageOf, parent, prop, resolver, screen, viewer } from '../fields.ts';
import { buildSchema } from '../schema.ts';
import { readScreens } from '../screens.ts';
import { costOf } from './cost.ts';

const log = createLog('test', 'silent');
const RUNS = 150;

function cost(schema: GraphQLSchema, text: string, variables?: Record<string, unknown>) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return costOf(schema, document, operation, variables ? { variables } : {});
}

/** Allows caching for longer than a test takes. */
const KEEP = { 'cache-control': 'public, max-age=600' };

/** Rows through an empty cache. */
const cached = (fetch: Fetch): RowSource =>
  cachedRows({ cache: new EntityCache(10_000_000), fetch, refresh: createRefresh(10_000, log) });

/**
 * Compares the calls of random queries with their cost. Returns the ratio of calls to the bound for each query with more than one call.
 * `prepare` gets the number of keys.
 */
async function holdRandomQueries(
  schema: GraphQLSchema,
  url: string,
  prepare: (keys: number) => void,
  rowsOf?: RowsOf,
): Promise<number[]> {
  const shares: number[] = [];
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.integer({ min: 1, max: 3_000 }), async (g, keys) => {
      const { text, variables } = randomQuery(schema, g);
      fc.pre(validate(schema, parse(text)).length === 0);
      prepare(keys);
      const calls = await maxCallsOf(schema, url, text, variables, rowsOf);
      const bound = cost(schema, text, { ...variables }).calls;
      if (calls > 1) shares.push(calls / bound);
      expect(calls).toBeLessThanOrEqual(bound);
      expect(bound).toBeLessThanOrEqual(cost(schema, text).calls);
    }),
    { numRuns: RUNS, maxSkipsPerRun: 1_000, endOnFailure: true },
  );
  return shares;
}

/** Pseudo-random integers below a bound, the same in every run. */
function numbers(): (below: number) => number {
  let seed = 1;
  return (below) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
}

describe.each(CLIENTS)('the cost limit of $client', (bff) => {
  const schema = buildSchema(readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
  const screens = readScreens(`${FIXTURE}bffs/${bff.client}/screens`, schema);

  let service: LocalService;
  afterEach(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('is not exceeded by any query, in any order of arrivals', async () => {
    const random = numbers();
    let books = 1;
    service = await startLocalService(
      largestServices(
        (number) => `b_${number % books}`,
        () => random(4),
      ),
    );
    const called = await holdRandomQueries(schema, service.url, (keys) => {
      books = keys;
    });
    // Without this, the bound could hold because hardly anything was called.
    expect(called.length).toBeGreaterThan(RUNS / 10);
  });

  test.each(screens)('$name is reached by some data', async ({ name, text }) => {
    service = await startLocalService(largestServices((number) => `b_${number}`));
    const variables = { ...bff.examples[name], ...(text.includes('$first') ? { first: 100 } : {}) };
    expect(await maxCallsOf(schema, service.url, text, variables)).toBe(cost(schema, text).calls);
  });
});

/** Fragments that each spread the next fragment twice. */
function fragmentChain(length: number): string {
  const links = Array.from({ length }, (_, link) => `fragment F${link} on Query { ...F${link + 1} ...F${link + 1} }`);
  return `{ ...F0 } ${links.join(' ')} fragment F${length} on Query { me { id } }`;
}

describe('the worst case', () => {
  interface Thing {
    readonly id: string;
    readonly otherId: string;
    readonly tags: readonly string[];
    readonly items: readonly object[];
  }
  const things = batchOf<Thing>()({ service: 'loans', path: '/loans', rowKey: 'id', maxBatch: 10 });
  const singles = batchOf<Thing>()({
    service: 'loans',
    path: '/loans/{id}',
    rowKey: 'id',
    ids: inPath(),
    hedge: true,
  });
  const page = listOf<Thing>()({
    service: 'loans',
    path: '/loans',
    params: ['limit', 'member'],
    rowKey: 'id',
    timeoutMs: 500,
  });
  const unbounded = listOf<Thing>()({ service: 'loans', path: '/elsewhere', rowKey: 'id' });
  const RESOLVERS = {
    Query: {
      page: list(page, { limit: arg('first') }),
      counted: pageOf(page, { limit: arg('first') }),
      all: list(page, { limit: arg('first') }),
      me: load(things, viewer),
      screen: screen(),
      thing: load(things, arg('id')),
      wild: list(unbounded),
      both: resolver({ calls: [things, page] }, () => null),
      silent: () => null,
    },
    Screen: { me: load(things, viewer) },
    Thing: {
      other: load(things, 'otherId'),
      single: load(singles, parent('otherId')),
      lines: prop('items'),
      viewer: load(things, viewer),
      kids: resolver({ reads: ['id'], calls: [page] }, () => []),
      hand: resolver({ calls: [things, page] }, () => null),
    },
    Line: { other: load(things, 'otherId'), single: load(singles, parent('otherId')) },
  };
  const schema = buildSchema(
    `directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
     type Query {
       page(first: Int! = 5 @range(min: 1, max: 30)): [Thing]
       counted(first: Int! = 5 @range(min: 1, max: 30)): Page
       all(first: Int): [Thing]
       me: Thing  screen: Screen  thing(id: ID!): Thing  wild: [Thing]  both: Thing  silent: Thing
     }
     type Screen { me: Thing }
     type Page { rows: [Thing!]!  hasNext: Boolean! }
     type Thing { id: ID  other: Thing  single: Thing  tags: [String]  lines: [Line]  viewer: Thing  kids: [Thing]  hand: Thing }
     type Line { id: ID  other: Thing  single: Thing }`,
    RESOLVERS,
  );

  test.each([
    ['{ me { id } }', { calls: 1, waves: 1, rows: 1, timeMs: 2_000, attempts: 2 }],
    ['{ page { id } }', { calls: 1, waves: 1, rows: 5, timeMs: 500, attempts: 2 }],
    ['{ page(first: 12) { id } }', { calls: 1, rows: 12 }],
    ['query($n: Int!) { page(first: $n) { id } }', { calls: 1, rows: 30 }],
    // Twelve GETs, eight at a time, take two rounds.
    ['{ counted(first: 12) { hasNext rows { single { id } } } }', { calls: 13, waves: 3, rows: 24 }],
    ['{ counted { hasNext } }', { calls: 1, waves: 1, rows: 5 }],
    ['{ all { id } }', { calls: 1, rows: 100 }],
    ['{ all(first: 7) { id } }', { calls: 1, rows: 7 }],
    // Keys of one list arrive at once, a call has ten of them, and calls can be split and retried.
    ['{ page(first: 12) { other { id } } }', { calls: 3, waves: 2, rows: 24, timeMs: 2_500, attempts: 2 + 2 * 2 * 17 }],
    // The rows of all twelve are awaited before their own keys are requested together.
    ['{ page(first: 12) { other { other { id } } } }', { calls: 1 + 2 + 2, waves: 3 }],
    ['{ page(first: 12) { single { id } } }', { calls: 13, timeMs: 500 + 2 * 2_000, attempts: 2 + 12 * 4 }],
    // The GETs of both fields share one queue of eight.
    ['{ page(first: 8) { single { id } lines { single { id } } } }', { timeMs: 500 + 21 * 2_000 }],
    ['{ page(first: 8) { single { id } } me { id } }', { timeMs: 2_000 + 2_000 }],
    // If `me` is skipped, the viewer is loaded after the page.
    ['query($no: Boolean!) { me @skip(if: $no) { id } page { viewer { id } } }', { calls: 2, timeMs: 2_000 + 2_000 }],
    ['{ page(first: 2) { lines { other { id } } } }', { calls: 1 + 4, rows: 2 + 40 }],
    ['{ a: me { id } b: me { id } screen { me { id } } }', { calls: 1, rows: 1 }],
    ['{ page(first: 9) { viewer { id } } }', { calls: 2, waves: 2 }],
    ['{ a: page { id } b: page { id } }', { calls: 1, rows: 5 }],
    ['{ a: page(first: 1) { id } b: page(first: 2) { id } }', { calls: 2, rows: 3 }],
    ['{ a: thing(id: 1) { id } b: thing(id: 1) { id } c: thing(id: 2) { id } }', { calls: 2 }],
    ['{ page { other { id } } ...F } fragment F on Query { page { other { tags: id } } }', { calls: 2, rows: 10 }],
    ['query($no: Boolean!) { me @skip(if: $no) { id } ... @include(if: $no) { page { id } } }', { calls: 1 }],
    ['{ both { id } }', { calls: 2, waves: 2 }],
    // A hand-written resolver may load something else for every object, at a different moment.
    ['{ page(first: 20) { kids { id } } }', { calls: 1 + 20, waves: 2, rows: 20 + 20 * 100 }],
    ['{ page(first: 30) { hand { id } } }', { calls: 1 + 30 + 30, waves: 3 }],
    ['{ all(first: -1) { id } }', { calls: 1, rows: 100 }],
    // A repeated spread adds nothing. Without that rule, each fragment of a chain would double the cost.
    [fragmentChain(60), { calls: 1 }],
    ['{ __typename __schema { types { name } } }', { calls: 0, waves: 0, rows: 0, timeMs: 0 }],
  ])('%s', (text, expected) => {
    expect(cost(schema, text)).toMatchObject(expected);
  });

  test('uses the values of given variables', () => {
    const text = 'query($n: Int!) { page(first: $n) { other { id } } }';
    expect(cost(schema, text)).toMatchObject({ calls: 4, rows: 60 });
    expect(cost(schema, text, { n: 3 })).toMatchObject({ calls: 2, rows: 6 });
  });

  test('is not exceeded when rows are loaded at many moments', async () => {
    const random = numbers();
    const late = async (row: unknown) => {
      for (let turn = random(3); turn > 0; turn -= 1) await new Promise((resolve) => setImmediate(resolve));
      return row;
    };
    const { Screen, Thing: { other, single, lines, viewer: me } = {}, Line, Query } = RESOLVERS;
    const moments = buildSchema(
      `directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
       type Query {
         page(first: Int! = 5 @range(min: 1, max: 30)): [Thing]
         mine(first: Int! = 3 @range(min: 1, max: 30)): [Thing]
         capped(first: Int = 2 @range(min: 1, max: 5)): [Thing]
         me: Thing  screen: Screen  thing(id: ID!): Thing  again(id: ID): Thing  any(id: ID!): Any  either(id: ID!): Thing
       }
       type Screen { me: Thing  page(first: Int! = 5 @range(min: 1, max: 30)): [Thing] }
       union Any = Thing | Line
       type Thing { id: ID  other: Thing  single: Thing  lines: [Line]  viewer: Thing  late: Thing  any: Any }
       type Line { other: Thing  single: Thing }`,
      {
        Query: {
          page: Query.page,
          mine: list(page, { limit: arg('first'), member: viewer }),
          capped: Query.page,
          me: Query.me,
          screen: Query.screen,
          thing: Query.thing,
          again: Query.thing,
          any: Query.thing,
          either: resolver({ callsOneOf: [things, singles] }, (_, { id }: { id: string }, { loaders }: Context) =>
            id === '' ? null : loaders.load(id.startsWith('o') ? things : singles, id),
          ),
        },
        Screen: { ...Screen, page: Query.page },
        Any: { __resolveType: ({ id }: Thing) => (id.length % 2 === 0 ? 'Thing' : 'Line') },
        Thing: { other, single, lines, viewer: me, late: resolver({}, late), any: other },
        Line,
      },
    );
    let keys = 1;
    const keyOf = () => `t_${random(keys)}`;
    const row = (id: string) => ({ id, otherId: keyOf(), items: [{ otherId: keyOf() }, { otherId: keyOf() }] });
    await using service = await startLocalService(async ({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://service');
      const limit = Number(searchParams.get('limit') ?? 0);
      const ids = searchParams.get('ids')?.split(',') ?? Array.from({ length: limit }, (_, index) => `t_${index}`);
      const wait = random(4);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      json(response, pathname.startsWith('/loans/') ? row(pathname.slice('/loans/'.length)) : ids.map(row));
    });
    const called = await holdRandomQueries(moments, service.url, (count) => {
      keys = count;
    });
    expect(called.length).toBeGreaterThan(RUNS / 4);
  });

  test('is not exceeded when some rows are cached and others are fetched', async () => {
    const common = { service: 'loans', path: '/loans', rowKey: 'id', maxBatch: 10, public: true } as const;
    const layer = () => batchOf<Thing>()(common);
    const [bs, cs, ds, es] = [layer(), layer(), layer(), layer()];
    const chain = buildSchema(
      `directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
       type Query { page(first: Int! = 5 @range(min: 1, max: 30)): [A] }
       type A { lines: [L] b: B }  type L { b: B }  type B { id: ID c: C }  type C { id: ID d: D }  type D { id: ID e: E }  type E { id: ID }`,
      {
        Query: { page: list(page, { limit: arg('first') }) },
        A: { lines: prop('items'), b: load(bs, 'otherId') },
        L: { b: load(bs, 'otherId') },
        B: { c: load(cs, 'otherId') },
        C: { d: load(ds, 'otherId') },
        D: { e: load(es, 'otherId') },
      },
    );
    const random = numbers();
    let keys = 1;
    const keyOf = () => `t_${random(keys)}`;
    const row = (id: string) => ({ id, otherId: keyOf(), items: [{ otherId: keyOf() }, { otherId: keyOf() }] });
    await using service = await startLocalService(({ url }, response) => {
      const { searchParams } = new URL(url, 'http://service');
      const limit = Number(searchParams.get('limit') ?? 0);
      const ids = searchParams.get('ids')?.split(',') ?? Array.from({ length: limit }, keyOf);
      json(response, ids.map(row), KEEP);
    });
    const called = await holdRandomQueries(
      chain,
      service.url,
      (count) => {
        keys = 1 + (count % 90);
      },
      async ({ fetch }) => {
        const source = cached(fetch);
        const all = Array.from({ length: keys }, (_, index) => `t_${index}`);
        const kept = all.filter(() => random(2) === 0);
        if (kept.length > 0)
          await Promise.all([bs, cs, ds, es].map((of) => source.rows(of, kept, undefined, requestContext())));
        return source;
      },
    );
    expect(called.length).toBeGreaterThan(RUNS / 4);
  });

  test('loads the rows below cached rows and below fetched rows in one call', async () => {
    const kept = batchOf<Thing>()({ service: 'library', path: '/books', rowKey: 'id', public: true });
    const members = batchOf<Thing>()({ service: 'members', path: '/members', rowKey: 'id' });
    const types = 'type Query { page(first: Int): [Thing] } type Thing { id: ID  other: Thing  owner: Thing }';
    const known = buildSchema(types, {
      Query: { page: list(page, { limit: arg('first') }) },
      Thing: { other: load(kept, 'otherId'), owner: load(members, 'otherId') },
    });
    await using service = await startLocalService(({ url }, response) => {
      const ids = new URL(url, 'http://service').searchParams.get('ids')?.split(',') ?? ['t_0', 't_1'];
      const rows = ids.map((id) => ({ id, otherId: id }));
      json(response, rows, KEEP);
    });
    const text = '{ page(first: 2) { other { owner { id } } } }';
    const calls = await maxCallsOf(known, service.url, text, {}, async ({ fetch }) => {
      const source = cached(fetch);
      await source.rows(kept, ['t_0'], undefined, requestContext());
      return source;
    });
    expect(calls).toBe(1 + 1 + 1);
    expect(cost(known, text)).toMatchObject({ calls });
  });

  test('counts the loads of different types separately, of which some rows may be cached', async () => {
    const layer = (path: string) => batchOf<Thing>()({ service: 'library', path, rowKey: 'id', public: true });
    const [as, bs] = [layer('/as'), layer('/bs')];
    const types = `type Query { page(first: Int): [X] }  interface X { id: ID }
       type R implements X { id: ID a: A }  type Q implements X { id: ID a: A }  type A { b: B }  type B { id: ID }`;
    const known = buildSchema(types, {
      Query: { page: list(page, { limit: arg('first') }) },
      X: { __resolveType: ({ id }: Thing) => (id === 't_0' ? 'R' : 'Q') },
      R: { a: load(as, 'otherId') },
      Q: { a: load(as, 'otherId') },
      A: { b: load(bs, 'otherId') },
    });
    await using service = await startLocalService(({ url }, response) => {
      const ids = new URL(url, 'http://service').searchParams.get('ids')?.split(',') ?? ['t_0', 't_1'];
      json(
        response,
        ids.map((id) => ({ id, otherId: id })),
        KEEP,
      );
    });
    const text = '{ page(first: 2) { ... on R { a { b { id } } } ... on Q { a { b { id } } } } }';
    const calls = await maxCallsOf(known, service.url, text, {}, async ({ fetch }) => {
      const source = cached(fetch);
      await source.rows(as, ['t_0'], undefined, requestContext());
      return source;
    });
    // The page, the row of Q that is not cached, and the rows below each type, of which those of R are requested earlier.
    expect(calls).toBe(1 + 1 + 2);
    expect(cost(known, text).calls).toBeGreaterThanOrEqual(calls);
  });

  test('counts the loads of objects with one path at separate moments, which an abstract type allows', async () => {
    const [bs, cs, ds] = ['loans', 'members', 'library'].map((service) =>
      batchOf<Thing>()({ service: service as 'loans', path: `/${service}`, rowKey: 'id' }),
    );
    if (!bs || !cs || !ds) throw new Error('There are three.');
    const types = `type Query { page(first: Int): [X] }  interface X { x: C }
       type A implements X { x: C }  type B implements X { x: C }  type E implements X { x: C }  type C { id: ID d: C }`;
    const known = buildSchema(types, {
      Query: { page: list(page, { limit: arg('first') }) },
      X: { __resolveType: ({ id }: Thing) => ({ t_0: 'A', t_1: 'B' })[id] ?? 'E' },
      A: { x: prop('other') },
      B: { x: load(bs, 'otherId') },
      E: { x: load(cs, 'otherId') },
      C: { d: load(ds, 'otherId') },
    });
    await using service = await startLocalService(async ({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://service');
      const ids = searchParams.get('ids')?.split(',') ?? ['t_0', 't_1', 't_2'];
      const rows = ids.map((id) => ({ id, otherId: `${id}_o`, other: { id: 'o', otherId: 'o' } }));
      if (pathname === '/members') await new Promise((resolve) => setTimeout(resolve, 50));
      json(response, rows);
    });
    const text = '{ page(first: 3) { x { d { id } } } }';
    const calls = await maxCallsOf(known, service.url, text, {});
    // The page, one call of each of two types, and the loads behind them: immediately, after the first call, and after the second.
    expect(calls).toBe(1 + 2 + 3);
    expect(cost(known, text).calls).toBeGreaterThanOrEqual(calls);
  });

  test.each([
    ['{ wild { id } }', 'wild is a list without a bound'],
    ['{ page { x: tags } }', 'page.x is a list without a bound'],
    ['{ silent { id } }', 'silent has a resolver that does not declare'],
  ])('%s has no known worst case', (text, message) => {
    expect(() => cost(schema, text)).toThrow(message);
  });
});
