import { readFileSync } from 'node:fs';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { largestServices } from '@facet/testing/internal/largest-services.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { maxCallsOf } from '@facet/testing/internal/max-calls.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { inPath } from '../../downstream/id-style.ts';
import type { Bff } from '../../http/bff.ts';
import { always, arg, keyOf, list, load, parent, prop, resolver, screen, viewer } from '../fields.ts';
import { buildSchema } from '../schema.ts';
import { costOf } from './cost.ts';

const schemaOf = ({ client, resolvers }: Bff) =>
  buildSchema(readFileSync(`${FIXTURE}schemas/${client}.graphql`, 'utf8'), resolvers);

function cost(schema: GraphQLSchema, text: string, variables?: Record<string, unknown>) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return costOf(schema, document, operation, variables ? { variables } : {});
}

interface Row {
  readonly id: string;
  readonly otherId: string;
  readonly items: readonly Row[];
}

const batch = batchOf<Row>()({ service: 'loans', path: '/loans', rowKey: 'id', maxBatch: 10 });
const publicBatch = batchOf<Row>()({ service: 'loans', path: '/loans', rowKey: 'id', public: true });
const single = batchOf<Row>()({ service: 'loans', path: '/loans/{id}', rowKey: 'id', ids: inPath() });
const page = listOf<Row>()({ service: 'loans', path: '/loans', params: ['limit', 'member', 'kind'], rowKey: 'id' });
/** A path that the OpenAPI document does not have. */
const undocumented = batchOf<Row>()({ service: 'loans', path: '/elsewhere', rowKey: 'id' });

const schema = buildSchema(
  `directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
   type Query {
     page(first: Int! = 5 @range(min: 1, max: 30)): [Row]
     twenty(first: Int! = 20 @range(min: 1, max: 30)): [Row]
     capped(first: Int = 5 @range(min: 1, max: 30)): [Row]
     overDefault(first: Int! = 40 @range(min: 1, max: 30)): [Row]
     fixed: [Row]
     ofMember(first: Int! = 5): [Row]
     ofKind(first: Int! = 5): [Row]
     row(id: ID!): Row
     byRow(id: ID): Row
     byGlobal(id: ID!): Row
     kept(id: ID!): Row
     screen: Screen
     thing(id: ID!): Thing
     oneOf: Row
     oneOfLists: [Row]
     either: Row
   }
   type Screen { page(first: Int! = 5 @range(min: 1, max: 30)): [Row] }
   interface Thing { id: ID }
   type A implements Thing { id: ID  other: Row  name: Row }
   type B implements Thing { id: ID  single: Row  other: Row }
   type Row { id: ID  other: Row  single: Row  items: [Row]  made: Row  delayed: Row  delayedItems: [Row] }`,
  {
    Query: {
      page: list(page, { limit: arg('first') }),
      twenty: list(page, { limit: arg('first') }),
      capped: list(page, { limit: arg('first') }),
      overDefault: list(page, { limit: arg('first') }),
      fixed: list(page, { limit: always(5) }),
      ofMember: list(page, { limit: arg('first'), member: viewer }),
      ofKind: list(page, { limit: arg('first'), kind: always('small') }),
      row: load(batch, arg('id')),
      byRow: load(batch, arg('id')),
      byGlobal: load(batch, keyOf('Row', arg('id'))),
      kept: load(publicBatch, arg('id')),
      screen: screen(),
      thing: load(batch, arg('id')),
      oneOf: resolver({ callsOneOf: [batch, page] }, () => null),
      oneOfLists: resolver({ callsOneOf: [batch, page] }, () => null),
      either: resolver({ calls: [batch, undocumented] }, () => null),
    },
    Screen: { page: list(page, { limit: arg('first') }) },
    Thing: { __resolveType: () => 'A' },
    A: { other: load(batch, 'otherId'), name: load(single, parent('otherId')) },
    B: { other: load(batch, 'otherId'), single: load(single, parent('otherId')) },
    Row: {
      other: load(batch, 'otherId'),
      single: load(single, parent('otherId')),
      items: prop('items'),
      delayed: resolver({ reads: ['otherId'] }, (row) => row),
      delayedItems: resolver({ reads: ['items'] }, () => []),
    },
  },
);

describe('identical calls count once', () => {
  test.each<[string, string, number, Record<string, unknown>?]>([
    ['a list under three aliases', '{ a: page { other { id } } b: page { other { id } } c: page { other { id } } }', 2],
    [
      'a list of several screens',
      '{ a: screen { page { other { id } } } b: screen { page { other { id } } } page { other { id } } }',
      2,
    ],
    [
      'a list in fragments',
      '{ ...F b: page { items { other { id } } } } fragment F on Query { a: page { items { other { id } } } }',
      1 + 10,
    ],
    ['lists of different lengths', '{ a: page(first: 3) { other { id } } b: page(first: 4) { other { id } } }', 2 + 2],
    ['an explicit default', '{ a: page { id } b: page(first: 5) { id } fixed { id } }', 1],
    ['a parameter that is null', '{ a: capped(first: null) { id } b: capped(first: null) { id } }', 1],
    ['a key of several fields', '{ row(id: 1) { id } byRow(id: "1") { other { id } } }', 2],
    ['a key that is converted', '{ row(id: "1") { id } byGlobal(id: "1") { id } }', 2],
    ['one variable', 'query($n: Int!) { a: page(first: $n) { id } b: page(first: $n) { id } }', 1],
    // Without $n, each field has its own default.
    [
      'one variable with several defaults',
      'query($n: Int! = 1) { page(first: $n) { id } twenty(first: $n) { id } }',
      2,
    ],
    [
      'variables that may differ',
      'query($n: Int!, $m: Int!) { a: page(first: $n) { id } b: page(first: $m) { id } }',
      2,
    ],
    [
      'variables that are the same',
      'query($n: Int!, $m: Int!) { a: page(first: $n) { id } b: page(first: $m) { id } page(first: 7) { id } }',
      1,
      { n: 7, m: 7 },
    ],
    [
      'variables that differ',
      'query($n: Int!, $m: Int!) { a: page(first: $n) { id } b: page(first: $m) { id } }',
      2,
      { n: 7, m: 8 },
    ],
    ['lists with other parameters', '{ page { id } ofMember { id } ofKind { id } }', 3],
    ['rows of the same key', '{ a: page { single { other { id } } } b: page { single { other { id } } } }', 1 + 5 + 1],
  ])('%s', (_, text, calls, variables = undefined) => {
    expect(cost(schema, text, variables)).toMatchObject({ calls });
  });

  test('a list under three aliases makes the predicted number of calls', async () => {
    const text = `{ ${['a', 'b', 'c'].map((alias) => `${alias}: dashboard { loans(first: 100) { items { book { name } } } }`).join(' ')} }`;
    await using service = await startLocalService(largestServices((number) => `b_${number}`));
    expect(await maxCallsOf(schemaOf(web), service.url, text, {})).toBe(21);
    expect(cost(schemaOf(web), text)).toMatchObject({ calls: 21 });
  });

  test('keys that arrive at different moments may need separate calls', () => {
    // The rows of `page` may arrive before `row`, and then load their own keys.
    expect(cost(schema, '{ page(first: 20) { other { single { id } } } }')).toMatchObject({ calls: 1 + 2 + 20 });
    const later = '{ page(first: 20) { other { id } } row(id: 1) { items { other { id } } } }';
    expect(cost(schema, later).calls).toBeGreaterThanOrEqual(1 + 2 + 1 + 2);
  });

  test('objects of hand-written resolvers are never identical; those of one field are awaited together', () => {
    const twice = '{ a: page { delayed { other { id } } } b: page { delayed { other { id } } } }';
    expect(cost(schema, twice)).toMatchObject({ calls: 1 + 1 + 1 });
    expect(cost(schema, '{ page(first: 1) { delayedItems { other { id } } } }')).toMatchObject({ calls: 1 + 2 });
  });
});

describe('of alternatives, the most expensive one counts', () => {
  test.each<[string, string, object, Record<string, unknown>?]>([
    ['of types', '{ thing(id: 1) { ... on A { name { other { id } } } ... on B { single { id } } } }', { calls: 3 }],
    // Both fields request the same key for either type.
    [
      'of types that share a call',
      '{ thing(id: 1) { ... on A { other { id } } ... on B { other { id } single { id } } } }',
      { calls: 3 },
    ],
    [
      'of types of the same row',
      '{ a: thing(id: 1) { ... on A { name { id } } } b: thing(id: 1) { ... on B { other { id } } } }',
      { calls: 2 },
    ],
    [
      'of types of different rows',
      '{ a: thing(id: 1) { ... on A { name { id } } } b: thing(id: 2) { ... on B { other { id } } } }',
      { calls: 4 },
    ],
    ['of calls', '{ oneOf { id } }', { calls: 1, waves: 1, rows: 100, attempts: 2 }],
    ['of calls for a list', '{ oneOfLists { single { id } } }', { calls: 101, waves: 14 }],
    [
      'of @skip and @include',
      'query($x: Boolean!) { row(id: 1) @skip(if: $x) { id } page @include(if: $x) { other { id } } }',
      { calls: 2, waves: 2 },
    ],
    [
      'of @skip and @include on fragments',
      'query($x: Boolean!) { ... @skip(if: $x) { row(id: 1) { id } } ...F @include(if: $x) } fragment F on Query { page { id } }',
      { calls: 1 },
    ],
    [
      'of two conditions',
      'query($x: Boolean!, $y: Boolean!) { row(id: 1) @skip(if: $x) { id } page @include(if: $y) { id } }',
      { calls: 2 },
    ],
    [
      'of a condition that is known',
      'query($x: Boolean!) { row(id: 1) @skip(if: $x) { id } page @skip(if: $x) { id } }',
      { calls: 0 },
      { x: true },
    ],
    [
      'of a condition that is a literal',
      '{ row(id: 1) @include(if: false) { id } ...F @skip(if: true) page { id } } fragment F on Query { row(id: 2) { id } }',
      { calls: 1 },
    ],
  ])('%s', (_, text, expected, variables = undefined) => {
    expect(cost(schema, text, variables)).toMatchObject(expected);
  });

  test('partner’s node is one call in one wave', () => {
    const text = 'query($id: ID!) { node(id: $id) { id ... on Book { name } ... on LoanStatus { itemCount } } }';
    expect(cost(schemaOf(partner), text)).toMatchObject({ calls: 1, waves: 1, timeMs: 2_000 });
  });
});

describe('lists', () => {
  test.each<[string, string, object]>([
    ['a limit that is constant', '{ fixed { id } }', { rows: 5 }],
    // The service then chooses the length.
    ['a limit that is null', '{ capped(first: null) { id } }', { rows: 100 }],
    ['a limit that may be null', 'query($n: Int) { capped(first: $n) { id } }', { rows: 100 }],
    ['a default beyond its range', 'query($n: Int! = 2) { overDefault(first: $n) { id } }', { rows: 40 }],
  ])('%s', (_, text, expected) => {
    expect(cost(schema, text)).toMatchObject(expected);
  });

  test('have no bound if one of their possible endpoints has none', () => {
    expect(() => cost(schema, '{ either { items { id } } }')).toThrow('either.items is a list without a bound');
    expect(cost(schema, '{ oneOf { items { id } } }')).toMatchObject({ calls: 1 });
  });

  test('in rows are truncated when a service sends more items than its document allows', async () => {
    const text = '{ dashboard { loans(first: 1) { items { book { name } } } } }';
    await using service = await startLocalService(({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://service');
      const items = Array.from({ length: 1_000 }, (_, item) => ({ bookId: `b_${item}` }));
      const ids = searchParams.get('ids')?.split(',') ?? [];
      json(response, pathname === '/loans' ? [{ id: 'l_1', items }] : ids.map((id) => ({ id, name: 'A thing' })));
    });
    expect(cost(schemaOf(web), text)).toMatchObject({ calls: 2 });
    expect(await maxCallsOf(schemaOf(web), service.url, text, {})).toBe(2);
  });

  test('of one row request all keys in one call, from a cached or a fetched row', async () => {
    const text = '{ kept(id: 1) { items { other { id } } } }';
    // 20 items, ten a call. The row may be cached, but arrives only once.
    expect(cost(schema, text)).toMatchObject({ calls: 1 + 2 });
    await using service = await startLocalService(({ url }, response) => {
      const ids = new URL(url, 'http://service').searchParams.get('ids')?.split(',') ?? [];
      const items = Array.from({ length: 20 }, (_, item) => ({ id: `i_${item}`, otherId: `l_${item}` }));
      json(
        response,
        ids.map((id) => ({ id, items })),
      );
    });
    expect(await maxCallsOf(schema, service.url, text, {})).toBe(1 + 2);
  });
});

describe('single GETs run eight at a time', () => {
  test.each<[string, string, object]>([
    ['up to eight are one round', '{ page(first: 8) { single { id } } }', { waves: 2, timeMs: 4_000 }],
    ['twenty are three rounds', '{ page(first: 20) { single { id } } }', { waves: 1 + 3, timeMs: 8_000 }],
    // Sixty keys, at least three rounds at each depth. Not all of them can be in every wave.
    ['behind each other', '{ page(first: 20) { single { single { single { id } } } } }', { waves: 1 + 3 + 7 }],
    ['as batches they are one', '{ page(first: 20) { other { id } } }', { waves: 2, timeMs: 4_000 }],
  ])('%s', (_, text, expected) => {
    expect(cost(schema, text)).toMatchObject(expected);
  });

  test('twenty single GETs take three rounds', async () => {
    const rounds: number[] = [];
    let waiting: (() => void)[] = [];
    await using service = await startLocalService(async ({ url }, response) => {
      const { pathname } = new URL(url, 'http://service');
      if (pathname === '/loans') {
        json(
          response,
          Array.from({ length: 20 }, (_, row) => ({ id: `r_${row}`, otherId: `l_${row}` })),
        );
        return;
      }
      const expected = Math.min(8, 20 - rounds.reduce((sum, round) => sum + round, 0));
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < expected) return;
        rounds.push(waiting.length);
        const go = waiting;
        waiting = [];
        for (const next of go) next();
      });
      json(response, { id: pathname.slice('/loans/'.length) });
    });
    const text = '{ page(first: 20) { single { id } } }';
    const calls = await maxCallsOf(schema, service.url, text, {}, ({ rows }) => {
      rounds.length = 0;
      return rows;
    });
    expect(calls).toBe(21);
    expect(rounds).toEqual([8, 8, 4]);
  });
});
