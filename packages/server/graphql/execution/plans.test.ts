import { noRows, requestContext } from '@facet/testing/internal/request.ts';
import { executeSettled, oracleOf } from '@facet/testing/internal/settled-oracle.ts';
import { describe, expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { Loaders } from '../../downstream/batching/loaders.ts';
import type { RowSource } from '../../downstream/batching/row-source.ts';
import { defineServices } from '../../downstream/endpoint.ts';
import { createLog } from '../../telemetry/log.ts';
import { createEngine } from '../execute.ts';
import { arg, keyOf, list, load, prop, resolver } from '../fields.ts';
import { buildSchema, type ResolverMap } from '../schema.ts';
import { conditionsOf, planOperation } from './operation-plan.ts';
import { createPreparation } from './prepare.ts';

const { batchOf, listOf } = defineServices({ library: { url: 'http://library' } });
interface Book {
  readonly id: string;
  readonly title: string;
  readonly authorId: string;
}
const books = batchOf<Book>()({ service: 'library', path: '/books', rowKey: 'id' });
const authors = batchOf<{ readonly id: string; readonly name: string }>()({
  service: 'library',
  path: '/authors',
  rowKey: 'id',
});
const shelf = listOf<Book>()({ service: 'library', path: '/shelf', params: ['limit'], rowKey: 'id' });

const SDL = `
  type Query { book(id: ID!): Book  shelf(first: Int): [Book!]  now: String  any(id: ID!): Thing }
  type Mutation { add(n: Int!): Int }
  union Thing = Book | Author
  type Book { id: ID!  title: String  author: Author  slow: String }
  type Author { id: ID!  name: String! }`;
const RESOLVERS = {
  Query: {
    book: load(books, arg('id')),
    shelf: list(shelf, { limit: arg('first') }),
    now: () => 'now',
    any: load(books, arg('id')),
  },
  Thing: { __resolveType: ({ id }: Book) => (id === 'b_2' ? 'Author' : 'Book') },
  Book: { author: load(authors, 'authorId'), slow: resolver({ reads: ['id'] }, async ({ id }: Book) => id) },
  Author: { name: prop('name') },
};

/** A library that records its calls. Author a_2 has no name. */
function library() {
  const calls: string[] = [];
  const book = (number: number) => ({ id: `b_${number}`, title: `t ${number}`, authorId: `a_${number % 3}` });
  const rows: RowSource = {
    ...noRows,
    async rows(endpoint, keys) {
      calls.push(`${endpoint.path} ${keys.join()}`);
      return keys.map((key) => {
        if (endpoint.path === '/books') return { ...book(Number(key.slice(2))) };
        return key === 'a_2' ? { id: key } : { id: key, name: `n ${key}` };
      });
    },
    async page(_endpoint, path) {
      calls.push(path);
      return { rows: [1, 2, 3, 4].map(book), hasNext: false };
    },
  };
  return { calls, rows };
}

/** The responses of an engine to the same operation, several times, and the calls of each. */
async function respond(text: string, variables = {}, resolvers: ResolverMap = RESOLVERS, times = 3) {
  const { calls, rows } = library();
  const engine = createEngine(buildSchema(SDL, resolvers), rows, createLog('test', 'silent'));
  const document = parse(text);
  const responses = [];
  for (let time = 0; time < times; time += 1) {
    calls.length = 0;
    const response = await engine.execute({ document, operationName: undefined, variables }, requestContext());
    responses.push({ text: JSON.stringify(response), calls: [...calls] });
  }
  return responses;
}

describe('a plan', () => {
  test('gets all rows of a field in one call, the same at every execution', async () => {
    const responses = await respond('{ shelf { title author { id } } again: shelf { author { id } } }');
    for (const { text, calls } of responses) {
      expect(calls).toEqual(['/shelf', '/authors a_1,a_2,a_0']);
      expect(text).toBe(responses[0]?.text);
    }
  });

  test('starts the fields below a field when that field is ready, not when all of its wave are', async () => {
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { rows } = library();
    const source: RowSource = {
      ...rows,
      async rows(endpoint, keys, ...rest) {
        order.push(endpoint.path);
        if (endpoint.path === '/authors') release();
        return rows.rows(endpoint, keys, ...rest);
      },
      async page(...given) {
        await held;
        order.push('/shelf');
        return rows.page(...given);
      },
    };
    const engine = createEngine(buildSchema(SDL, RESOLVERS), source, createLog('test', 'silent'));
    const document = parse('{ shelf { id } book(id: "b_1") { author { name } } }');
    await engine.execute({ document, operationName: undefined, variables: {} }, requestContext());
    expect(order).toEqual(['/books', '/authors', '/shelf']);
  });

  test('reports wrong data of the rows that it has, without calling again', async () => {
    for (const { text, calls } of await respond('{ shelf { id author { name } } }')) {
      expect(calls).toEqual(['/shelf', '/authors a_1,a_2,a_0']);
      const { data, errors } = JSON.parse(text);
      expect(data.shelf.map(({ author }: { author: object | null }) => author !== null)).toEqual([
        true,
        false,
        true,
        true,
      ]);
      expect(errors).toMatchObject([
        { path: ['shelf', 1, 'author', 'name'], extensions: { code: 'SERVICE_BAD_RESPONSE' } },
      ]);
    }
  });

  test('has the fields that @skip and @include leave, in the order of the response', async () => {
    const text =
      'query($x: Boolean!) { now shelf @skip(if: $x) { id } book(id: "b_1") @include(if: $x) { id } late: now }';
    const document = parse(text);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('There is no operation.');
    expect(conditionsOf(document, operation)).toEqual(new Map([['x', false]]));
    const keysIf = (x: boolean) =>
      planOperation(buildSchema(SDL, RESOLVERS), document, operation, { x }).root.fields.map(({ key }) => key);
    expect([keysIf(true), keysIf(false)]).toEqual([
      ['now', 'book', 'late'],
      ['now', 'shelf', 'late'],
    ]);
    for (const { calls } of await respond(text, { x: true })) expect(calls).toEqual(['/books b_1']);
    for (const { calls } of await respond(text, { x: false })) expect(calls).toEqual(['/shelf']);
  });

  test('divides the objects of a union by their types', async () => {
    const text =
      '{ a: any(id: "b_1") { __typename ... on Book { title } } b: any(id: "b_2") { __typename ... on Author { id } } }';
    for (const response of await respond(text)) {
      expect(JSON.parse(response.text)).toEqual({
        data: { a: { __typename: 'Book', title: 't 1' }, b: { __typename: 'Author', id: 'b_2' } },
      });
    }
  });

  test('executes the fields of a mutation one after the other', async () => {
    const log: string[] = [];
    const add = async (_parent: unknown, { n }: { n: number }) => {
      log.push(`start ${n}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`end ${n}`);
      return n;
    };
    await respond('mutation { a: add(n: 1) b: add(n: 2) }', {}, { ...RESOLVERS, Mutation: { add } }, 1);
    expect(log).toEqual(['start 1', 'end 1', 'start 2', 'end 2']);
  });

  test('includes introspection beside other fields, as graphql-js responds to it', async () => {
    const text = `query($name: String!, $deep: Boolean = true) {
      now  __schema { queryType { name } }  t: __type(name: $name) { name fields @include(if: $deep) { ...F } }  shelf { title }
    } fragment F on __Field { name type { kind } }`;
    const { rows } = library();
    const variableValues = { name: 'Book' };
    const request = requestContext();
    const contextValue = { request, loaders: new Loaders(rows, request) };
    const schema = oracleOf(buildSchema(SDL, RESOLVERS));
    const expected = JSON.stringify(
      await executeSettled({ schema, document: parse(text), contextValue, variableValues }),
    );
    for (const response of await respond(text, variableValues)) expect(response.text).toBe(expected);
  });

  test('waits for all promises of a list, and leaves no rejection behind', async () => {
    const items = () => [Promise.resolve(null), new Promise((_, reject) => setTimeout(reject, 5, new Error('late')))];
    const schema = buildSchema('type Query { items: [Item!] } type Item { id: ID }', { Query: { items } });
    const engine = createEngine(schema, noRows, createLog('test', 'silent'));
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    const operation = { document: parse('{ items { id } }'), operationName: undefined, variables: {} };
    const { data, errors } = await engine.execute(operation, requestContext());
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', note);
    expect({ data: { ...data }, rejections }).toEqual({ data: { items: null }, rejections: [] });
    expect(errors).toMatchObject([{ path: ['items', 0], extensions: { code: 'SERVICE_BAD_RESPONSE' } }]);
  });

  test('passes hand-written resolvers the path, and arguments of their own', async () => {
    const seen: unknown[] = [];
    const slow = (_parent: unknown, given: Record<string, unknown>, _context: unknown, info: { path: object }) => {
      seen.push(JSON.parse(JSON.stringify(info.path)));
      given['changed'] = true;
      return null;
    };
    await respond('{ shelf { slow } }', {}, { ...RESOLVERS, Book: { ...RESOLVERS.Book, slow } }, 1);
    expect(seen).toHaveLength(4);
    expect(seen[2]).toMatchObject({ key: 'slow', typename: 'Book', prev: { key: 2, prev: { key: 'shelf' } } });
  });

  /** The text of each of three responses to one operation. */
  async function texts(sdl: string, resolvers: ResolverMap, text: string, variables = {}) {
    const engine = createEngine(buildSchema(sdl, resolvers), noRows, createLog('test', 'silent'));
    const document = parse(text);
    const found: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      const { data, errors } = await engine.execute(
        { document, operationName: undefined, variables },
        requestContext(),
      );
      found.push(JSON.stringify({ data, codes: errors?.map(({ extensions }) => extensions['code']) }));
    }
    return found;
  }

  test.each(['{ mine(filter: {}) }', 'query($f: F = {}) { mine(filter: $f) }', '{ mine }'])(
    'gives every call arguments that no other call has changed: %s',
    async (text) => {
      let calls = 0;
      const mine = (_parent: unknown, given: Record<string, unknown> & { filter?: { owner?: number } }) => {
        calls += 1;
        given['changed'] = true;
        if (!given.filter) return String(calls);
        given.filter.owner ??= calls;
        return String(given.filter.owner);
      };
      const sdl = 'input F { owner: Int } type Query { mine(filter: F): String }';
      const expected = ['1', '2', '3'].map((value) => JSON.stringify({ data: { mine: value } }));
      expect(await texts(sdl, { Query: { mine } }, text)).toEqual(expected);
    },
  );

  test('sends nothing of an error among the items of a custom scalar', async () => {
    const secret = () => Object.assign(new Error('x'), { config: 'secret' });
    for (const items of [() => [1, secret()], () => [1, Promise.reject(secret())]]) {
      const all = await texts('scalar J type Query { l: [J] }', { Query: { l: items } }, '{ l }');
      expect(new Set(all)).toEqual(new Set(['{"data":{"l":[1,null]},"codes":["INTERNAL_SERVER_ERROR"]}']));
    }
  });

  test('keeps the objects behind an inner list that became null', async () => {
    const resolvers = {
      Query: { l: () => [[null, { n: 1 }], [{ n: 2 }]] },
      A: { v: ({ n }: { n: number }) => `v${n}` },
    };
    const all = await texts('type Query { l: [[A!]] } type A { v: String }', resolvers, '{ l { v } }');
    expect(new Set(all)).toEqual(new Set(['{"data":{"l":[null,[{"v":"v2"}]]},"codes":["SERVICE_BAD_RESPONSE"]}']));
  });

  test('treats the holes of a sparse array as null', async () => {
    // biome-ignore lint/suspicious/noSparseArray: the subject of the test
    const all = await texts('type Query { l: [Int!] }', { Query: { l: () => [1, , 3] } }, '{ l }');
    expect(new Set(all)).toEqual(new Set(['{"data":{"l":null},"codes":["SERVICE_BAD_RESPONSE"]}']));
  });

  test.each<[string, () => unknown]>([
    [
      'an iterator that throws',
      () => ({
        [Symbol.iterator]() {
          throw new Error('no');
        },
      }),
    ],
    ['a Symbol.iterator that is no function', () => ({ [Symbol.iterator]: 5 })],
    [
      'a proxy whose traps throw',
      () =>
        new Proxy(
          {},
          {
            getPrototypeOf() {
              throw new Error('no');
            },
          },
        ),
    ],
    [
      'an item whose then throws',
      () =>
        new Set([
          {
            // biome-ignore lint/suspicious/noThenProperty: the subject of the test
            get then() {
              throw new Error('no');
            },
          },
        ]),
    ],
  ])('makes %s an error of its field', async (_what, value) => {
    const sdl = 'type Query { o: O  b: Int  n: [[Int]] } type O { l: [Int]  s: String }';
    const resolvers = { Query: { o: () => ({ l: value(), s: value() }), b: () => 1, n: () => [value()] } };
    for (const text of await texts(sdl, resolvers, '{ o { l s } b n }')) {
      const { data, codes } = JSON.parse(text);
      expect(data).toMatchObject({ o: { l: null }, b: 1 });
      expect(codes.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('reports a parameter that cannot be read at its field only', async () => {
    const pages = {
      ...RESOLVERS,
      Query: { ...RESOLVERS.Query, shelf: list(shelf, { limit: keyOf('Author', arg('first')) }) },
    };
    const sdl = SDL.replace('shelf(first: Int)', 'shelf(first: ID)');
    const id = Buffer.from('Book:b_1').toString('base64url');
    for (const text of await texts(sdl, pages, `{ shelf(first: "${id}") { id } now }`)) {
      expect(JSON.parse(text)).toEqual({ data: { shelf: null, now: 'now' }, codes: ['BAD_USER_INPUT'] });
    }
  });

  test('stops a mutation at a field that leaves the response without data', async () => {
    let acted = 0;
    const Mutation = {
      a: () => {
        throw new Error('no');
      },
      b: () => {
        acted += 1;
        return acted;
      },
    };
    const sdl = 'type Query { a: Int } type Mutation { a: Int!  b: Int }';
    const [text] = await texts(sdl, { Mutation }, 'mutation { a b }');
    expect({ text, acted }).toEqual({ text: '{"data":null,"codes":["INTERNAL_SERVER_ERROR"]}', acted: 0 });
  });

  test('coerces the variables of introspection once, and ignores those of other fields', async () => {
    const sdl = 'enum C { red green } type Query { c(c: C): Int }';
    const resolvers = { C: { red: 1, green: 2 }, Query: { c: (_parent: unknown, { c }: { c: number }) => c } };
    const text = 'query($c: C) { __schema { queryType { name } } ...F } fragment F on Query { c(c: $c) }';
    for (const response of await texts(sdl, resolvers, text, { c: 'red' })) {
      expect(response).toBe('{"data":{"__schema":{"queryType":{"name":"Query"}},"c":1}}');
    }
  });

  test('is made in linear time for an interface that contains itself', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `T${index}`);
    const sdl = `interface I { i: I } ${names.map((name) => `type ${name} implements I { i: I }`).join(' ')} type Query { i: I }`;
    const resolvers = { I: { __resolveType: () => 'T0' }, Query: { i: () => null } };
    const text = `{ ${'i { '.repeat(9)} __typename ${'}'.repeat(9)} }`;
    // 20 types at each of 9 levels would be 500 thousand million selections.
    expect(await texts(sdl, resolvers, text)).toContain('{"data":{"i":null}}');
  });

  test('is kept as long as the plans of all ad-hoc operations stay within their memory', () => {
    const schema = buildSchema(SDL, RESOLVERS);
    const preparation = createPreparation(schema);
    const aliases = Array.from({ length: 1_000 }, (_, index) => `a${index}: now`).join(' ');
    const document = parse(`query($x: Boolean!) { now @include(if: $x) ${aliases} }`);
    const prepared = preparation.of(document, undefined);
    const first = prepared?.planFor({ x: true });
    expect(prepared?.planFor({ x: true })).toBe(first);
    // 1,000 fields each, and 100,000 of all together.
    for (let number = 0; number < 101; number += 1) {
      preparation.of(parse(`{ other${number}: now ${aliases} }`), undefined)?.planFor({});
    }
    expect(prepared?.planFor({ x: true })).not.toBe(first);
  });
});
