import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { noRows, requestContext } from '../../testing/request.ts';
import { CallerGoneError, ServiceTimeoutError } from '../request/errors.ts';
import { createLog } from '../telemetry/log.ts';
import { MASKED } from './answer-error.ts';
import { createEngine } from './execute.ts';
import { buildSchema } from './schema.ts';

const SDL = `
  directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
  enum Color { red }
  type Query { a: String  n: Int  must: Box  color: Color  items: [String!]  boxes: [Box]  page(first: Int! = 5 @range(min: 1, max: 10)): Int }
  type Box { full: String!  a: String }`;

/** Runs one query with these resolvers of Query, and collects what was logged. */
async function run(query: string, resolvers: Record<string, unknown> = {}, variables = {}, operationName?: string) {
  const { Box = {}, ...Query } = resolvers;
  const logged: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const engine = createEngine(
    buildSchema(SDL, { Query, Box: Box as Record<string, unknown> }),
    noRows,
    createLog('test', 'info', lines),
  );
  const operation = { document: parse(query), operationName, variables };
  const result = await engine.execute(operation, requestContext());
  return { ...JSON.parse(JSON.stringify(result)), logged };
}

describe('an error of execution', () => {
  test('that nobody expected is masked, and logged whole with the request id', async () => {
    const { data, errors, logged } = await run('{ a }', {
      a: () => {
        throw new Error('password is hunter2 at http://10.0.0.1');
      },
    });
    expect(data).toEqual({ a: null });
    expect(errors).toEqual([
      {
        message: MASKED,
        path: ['a'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'test-request' },
      },
    ]);
    expect(logged).toMatchObject([
      {
        level: 50,
        requestId: 'test-request',
        paths: [['a']],
        count: 1,
        err: { message: 'password is hunter2 at http://10.0.0.1', stack: expect.any(String) },
      },
    ]);
  });

  test('of a service keeps its code and name, and tells its cause to the log alone', async () => {
    const { errors, logged } = await run('{ a }', { a: () => Promise.reject(new ServiceTimeoutError('users', 2_000)) });
    expect(errors).toMatchObject([
      {
        message: 'The users service did not answer within 2000 ms.',
        extensions: { code: 'SERVICE_TIMEOUT', service: 'users' },
      },
    ]);
    expect(logged).toMatchObject([{ level: 40, code: 'SERVICE_TIMEOUT', requestId: 'test-request' }]);
  });

  test('that many fields have in common is told of each, and logged once', async () => {
    const error = new ServiceTimeoutError('users', 2_000);
    const rows = 1_000;
    const { errors, logged } = await run('{ a boxes { a } }', {
      a: () => Promise.reject(new ServiceTimeoutError('users', 2_000)),
      boxes: () => Array(rows).fill({}),
      Box: { a: () => Promise.reject(error) },
    });
    expect(errors).toHaveLength(1 + rows);
    expect(new Set(errors.map(({ path }: { path: string[] }) => path.join('.'))).size).toBe(1 + rows);
    expect(logged).toMatchObject([
      { count: 1, paths: [['a']] },
      { count: rows, paths: [0, 1, 2, 3, 4].map((index) => ['boxes', index, 'a']), code: 'SERVICE_TIMEOUT' },
    ]);
  });

  test('that a field has in many rows is logged once, and apart from that of another field', async () => {
    const { logged } = await run('{ n boxes { full } }', {
      n: () => 'x',
      boxes: () => Array(1_000).fill({ full: null }),
    });
    expect(logged).toMatchObject([
      { count: 1, paths: [['n']] },
      { count: 1_000, code: 'SERVICE_BAD_RESPONSE' },
    ]);
  });

  test('of a caller who is gone is not logged', async () => {
    const { logged } = await run('{ a }', { a: () => Promise.reject(new CallerGoneError()) });
    expect(logged).toEqual([]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a text for a number', '{ n }', { n: () => 'x' }],
    ['null where none may be', '{ must { full } }', { must: () => ({ full: null }) }],
    ['an unknown enum value', '{ color }', { color: () => 'blue' }],
    ['no list', '{ items }', { items: () => 7 }],
    ['a null in a list', '{ items }', { items: () => ['a', null] }],
  ])('%s is a bad response of a service', async (_what, query, resolvers) => {
    const { errors } = await run(query, resolvers);
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_BAD_RESPONSE', requestId: 'test-request' } }]);
    expect(errors).toHaveLength(1);
  });
});

describe('an argument', () => {
  const page = { page: (_parent: unknown, { first }: { first: number }) => first };

  test.each([
    ['{ page }', {}, 5],
    ['{ page(first: 1) }', {}, 1],
    ['query($n: Int!) { page(first: $n) }', { n: 10 }, 10],
    ['query($n: Int = 7) { page(first: $n) }', {}, 7],
    ['query($n: Int) { page(first: $n) }', {}, 5],
  ])('lets %s with %j through', async (query, variables, expected) => {
    expect(await run(query, page, variables)).toMatchObject({ data: { page: expected } });
  });

  test.each([
    ['{ page(first: 0) }', {}],
    ['query($n: Int!) { page(first: $n) }', { n: 11 }],
    ['query($n: Int = 11) { page(first: $n) }', {}],
    ['{ ...F } fragment F on Query { page(first: -3) }', {}],
    ['{ a @skip(if: true) page(first: 11) @include(if: false) }', {}],
    ['query($first: Int = 3) { page(first: $first) }', { first: null }],
  ])('stops %s with %j before anything runs', async (query, variables) => {
    const { data, errors } = await run(query, page, variables);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('"first"'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('of a condition must not be null either', async () => {
    const { data, errors } = await run('query($x: Boolean = true) { a @include(if: $x) }', {}, { x: null });
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      { message: 'The argument "if" must not be null.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('counts in the operation that runs, and in no other', async () => {
    const query = 'query A { page(first: 500) } query B { page(first: 2) }';
    expect(await run(query, page, {}, 'B')).toMatchObject({ data: { page: 2 } });
    expect((await run(query, page, {}, 'A')).errors).toHaveLength(1);
  });
});

test.each([
  ['an enum', 'query($v: Color) { paint(color: $v) }', 'rad', /does not exist in "Color"/],
  ['an input object', 'query($v: Tin) { paint(tin: $v) }', { liter: 1 }, /"liter" is not defined/],
])('a variable that is nearly %s is told none of its names', async (_what, text, v, message) => {
  const schema = buildSchema(
    'enum Color { red } input Tin { liters: Int } type Query { paint(color: Color, tin: Tin): Int }',
    { Query: { paint: () => 1 } },
  );
  const engine = createEngine(schema, noRows, createLog('test', 'silent'));
  const document = parse(text);
  // By graphql-js at first, and compiled from the second time on.
  for (let time = 0; time < 3; time += 1) {
    const { errors = [] } = await engine.execute(
      { document, operationName: undefined, variables: { v } },
      requestContext(),
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.message).not.toMatch(/did you mean|\bred\b|liters/i);
  }
});
