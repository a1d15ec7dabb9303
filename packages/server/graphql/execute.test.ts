import { Writable } from 'node:stream';
import { noRows, requestContext } from '@facet/testing/internal/request.ts';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { CallerGoneError, ServiceTimeoutError } from '../request/errors.ts';
import { createLog } from '../telemetry/log.ts';
import { MASKED } from './answer-error.ts';
import { createEngine, type Engine } from './execute.ts';
import { resolver } from './fields.ts';
import { withPlan } from './plan.ts';
import { buildSchema } from './schema.ts';

const SDL = `
  directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
  enum Color { red }
  type Query { a: String  n: Int  must: Box  color: Color  items: [String!]  boxes: [Box]  page(first: Int! = 5 @range(min: 1, max: 10)): Int }
  type Box { full: String!  a: String }`;

/** Runs one query with these resolvers of Query, and collects the log lines. */
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
  test('that is unexpected is masked, and logged in full with the request id', async () => {
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

  test('of a service keeps its code and name; only the log has its cause', async () => {
    const { errors, logged } = await run('{ a }', {
      a: () => Promise.reject(new ServiceTimeoutError('members', 2_000)),
    });
    expect(errors).toMatchObject([
      {
        message: 'The members service did not answer within 2000 ms.',
        extensions: { code: 'SERVICE_TIMEOUT', service: 'members' },
      },
    ]);
    expect(logged).toMatchObject([{ level: 40, code: 'SERVICE_TIMEOUT', requestId: 'test-request' }]);
  });

  test('that several fields share is reported for each field and logged once', async () => {
    const error = new ServiceTimeoutError('members', 2_000);
    const rows = 1_000;
    const { errors, logged } = await run('{ a boxes { a } }', {
      a: () => Promise.reject(new ServiceTimeoutError('members', 2_000)),
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

  test('that a field has in many rows is logged once per field', async () => {
    const { logged } = await run('{ n boxes { full } }', {
      n: () => 'x',
      boxes: () => Array(1_000).fill({ full: null }),
    });
    expect(logged).toMatchObject([
      { count: 1, paths: [['n']] },
      { count: 1_000, code: 'SERVICE_BAD_RESPONSE' },
    ]);
  });

  test('after the caller has disconnected is not logged', async () => {
    const { logged } = await run('{ a }', { a: () => Promise.reject(new CallerGoneError()) });
    expect(logged).toEqual([]);
  });

  test.each<[string, string, Record<string, unknown>]>([
    ['a text for a number', '{ n }', { n: () => 'x' }],
    ['null in a non-null field', '{ must { full } }', { must: () => ({ full: null }) }],
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
  ])('accepts %s with %j', async (query, variables, expected) => {
    expect(await run(query, page, variables)).toMatchObject({ data: { page: expected } });
  });

  test.each([
    ['{ page(first: 0) }', {}],
    ['query($n: Int!) { page(first: $n) }', { n: 11 }],
    ['query($n: Int = 11) { page(first: $n) }', {}],
    ['{ ...F } fragment F on Query { page(first: -3) }', {}],
    ['{ a @skip(if: true) page(first: 11) @include(if: false) }', {}],
    ['query($first: Int = 3) { page(first: $first) }', { first: null }],
  ])('rejects %s with %j before execution', async (query, variables) => {
    const { data, errors } = await run(query, page, variables);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('"first"'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('of @skip and @include must not be null', async () => {
    const { data, errors } = await run('query($x: Boolean = true) { a @include(if: $x) }', {}, { x: null });
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      { message: 'The argument "if" must not be null.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('is checked only in the operation that runs', async () => {
    const query = 'query A { page(first: 500) } query B { page(first: 2) }';
    expect(await run(query, page, {}, 'B')).toMatchObject({ data: { page: 2 } });
    expect((await run(query, page, {}, 'A')).errors).toHaveLength(1);
  });
});

test.each([
  ['an enum', 'query($v: Color) { paint(color: $v) }', 'rad', /does not exist in "Color"/],
  ['an input object', 'query($v: Tin) { paint(tin: $v) }', { liter: 1 }, /"liter" is not defined/],
])('the error of a variable that is nearly %s suggests no names', async (_what, text, v, message) => {
  const schema = buildSchema(
    'enum Color { red } input Tin { liters: Int } type Query { paint(color: Color, tin: Tin): Int }',
    { Query: { paint: () => 1 } },
  );
  const engine = createEngine(schema, noRows, createLog('test', 'silent'));
  const document = parse(text);
  // graphql-js executes the first run; later runs are compiled.
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

describe('an operation that runs again', () => {
  const SDL_OF_ECHO = `
    directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
    input Filter { status: String  text: String = "any"  kinds: [String] }
    type Query { echo(filter: Filter, filters: [Filter!]): String  number(n: Int = 5): Int  a: Int  b: Int  boxes: [Box!]  box: Box }
    type Box { full: String!  other: String!  a: String }`;

  /** The responses of consecutive runs, each compared with the response of a new engine. */
  async function responses(query: string, given: readonly Readonly<Record<string, unknown>>[], resolvers: object = {}) {
    const start = () => {
      const numbers = { number: withPlan({ reads: [], calls: [] }, (_parent: unknown, { n }: { n: number }) => n) };
      const echo = resolver({}, (_parent: unknown, args: object) => JSON.stringify(args));
      const schema = buildSchema(SDL_OF_ECHO, {
        Query: { ...numbers, echo, a: () => 1, b: () => 2, boxes: () => [], box: () => null, ...resolvers },
      });
      return createEngine(schema, noRows, createLog('test', 'silent'));
    };
    const engine = start();
    const document = parse(query);
    const run = async ({ execute }: Engine, variables: Readonly<Record<string, unknown>>) =>
      JSON.stringify(await execute({ document, operationName: undefined, variables }, requestContext()));
    const all: string[] = [];
    for (const variables of given) {
      const response = await run(engine, variables);
      expect(response).toBe(await run(start(), variables));
      all.push(response);
    }
    return all;
  }

  test('omits missing variables in an input object, and applies its defaults', async () => {
    const query =
      'query($status: String, $text: String) { echo(filter: {status: $status, text: $text}, filters: [{status: $status}]) }';
    const [first, ...others] = await responses(query, [{}, {}, {}, {}, {}]);
    expect(JSON.parse(JSON.parse(first ?? '').data.echo)).toEqual({
      filter: { text: 'any' },
      filters: [{ text: 'any' }],
    });
    expect(new Set(others)).toEqual(new Set([first]));
  });

  test('uses the variables of each request, with or without variables in the request before', async () => {
    const query = 'query($n: Int = 7) { number(n: $n) }';
    const given = [{}, {}, {}, { n: 3 }, {}, { n: 4 }, { n: null }, {}];
    const numbers = (await responses(query, given)).map((response) => JSON.parse(response).data.number);
    expect(numbers).toEqual([7, 7, 7, 3, 7, 4, null, 7]);
  });

  test('keeps the order of fields when some are excluded', async () => {
    const query = 'query($x: Boolean!) { number @include(if: $x) __typename number ... @skip(if: $x) { number } }';
    const [first] = await responses(query, [{ x: false }, { x: false }, { x: false }, { x: true }, { x: true }]);
    expect(first).toBe('{"data":{"__typename":"Query","number":5}}');
  });

  test('has one error for a null that several fields caused', async () => {
    const rows = [{ full: null, other: null, a: 'a' }, { full: 'x' }];
    const boxes = {
      boxes: withPlan({ reads: [], calls: [] }, () => rows),
      box: withPlan({ reads: [], calls: [] }, () => rows[0]),
    };
    const [first] = await responses(
      '{ box { a other full } boxes { full other } number }',
      [{}, {}, {}, {}, {}],
      boxes,
    );
    const { data, errors } = JSON.parse(first ?? '');
    expect(data).toEqual({ box: null, boxes: null, number: 5 });
    expect(errors).toMatchObject([{ path: ['box', 'other'] }, { path: ['boxes', 0, 'full'] }]);
  });

  test('has its errors in the order of their fields, independent of time', async () => {
    const late = withPlan({ reads: [], calls: [] }, () =>
      Promise.resolve().then(() => Promise.reject(new ServiceTimeoutError('members', 1))),
    );
    const soon = withPlan({ reads: [], calls: [] }, () => Promise.reject(new ServiceTimeoutError('members', 1)));
    const [first] = await responses('{ a b }', [{}, {}, {}], { a: late, b: soon });
    expect(JSON.parse(first ?? '').errors).toMatchObject([{ path: ['a'] }, { path: ['b'] }]);
  });
});

test('each wrong variable has its own error', async () => {
  const query = 'query($a: Int!, $b: Int!) { x: page(first: $a) y: page(first: $b) }';
  const { data, errors } = await run(query, {}, { a: 'x', b: 'y' });
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([
    { message: expect.stringContaining('$a'), extensions: { code: 'BAD_USER_INPUT' } },
    { message: expect.stringContaining('$b'), extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});
