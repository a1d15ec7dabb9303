import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { noRows, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'graphql';
import type { RowSource } from '../../downstream/batching/row-source.ts';
import { startApollo } from '../../http/documents/ad-hoc.ts';
import type { RequestContext } from '../../request/context.ts';
import { ServiceTimeoutError } from '../../request/errors.ts';
import { MASKED } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { createEngine } from '../execute.ts';
import { always, computed, connectionFields, load, pageInfoFields, prop, resolver } from '../fields.ts';
import { buildSchema, type ResolverMap } from '../schema.ts';

const SDL = `
  type Query { a: String  b: String  must: Box!  may: Box  list: [String]  boxes: [Box]  nested: [[String]]  node: Node  things: Things  json: JSON }
  scalar JSON
  type Box { a: String  full: String!  b: String }
  type Things { edges: [Edge!]  pageInfo: PageInfo! }
  type Edge { cursor: String! }
  type PageInfo { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
  interface Node { id: ID }
  type Thing implements Node { id: ID }`;

const TIME_MS = 60_000;

/** All paths on which a server executes an operation. */
const PATHS = ['registered', 'ad hoc', 'by Apollo Server'] as const;
type Path = (typeof PATHS)[number];

const RUNS = 3;

/** Creates an engine with these resolvers. `run` executes a query several times, each in its own request. */
async function start(resolvers: ResolverMap, rows: RowSource = noRows) {
  const { log, logged } = collectLog();
  const schema = buildSchema(SDL, { Node: { __resolveType: () => 'Thing' }, ...resolvers });
  const engine = createEngine(schema, rows, log);
  const run = async (path: Path, query: string): Promise<string[]> => {
    const document = parse(query);
    const apollo =
      path === 'by Apollo Server' ? await startApollo(schema, engine, { introspection: true, log }) : undefined;
    if (path === 'registered') engine.preparation.register(document, { isCompiledNow: true });
    const once = (request: RequestContext) => {
      const params = { query, documentId: undefined, operationName: undefined, variables: {}, extensions: {} };
      if (apollo) return apollo(params, 'POST', request);
      return engine.execute({ document, operationName: undefined, variables: {} }, request);
    };
    const responses: string[] = [];
    for (let time = 0; time < RUNS; time += 1) {
      const { data, errors } = await once(requestContext({ remainingMs: () => timeLeftMs }));
      responses.push(JSON.stringify({ data, errors }));
    }
    return responses;
  };
  return { run, logged };
}

let timeLeftMs = TIME_MS;
beforeEach(() => {
  timeLeftMs = TIME_MS;
});
afterEach(() => {
  jest.useRealTimers();
});

/** The response of all runs. Checks that they are equal. */
function same(responses: readonly string[]): unknown {
  expect(responses).toHaveLength(RUNS);
  expect(new Set(responses).size).toBe(1);
  return JSON.parse(responses[0] ?? '');
}

const masked = (...path: (string | number)[]) => ({
  message: MASKED,
  locations: [expect.anything()],
  path,
  extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'test-request' },
});
const late = (...path: (string | number)[]) => ({
  message: 'The request ran out of time before this field was resolved.',
  locations: [expect.anything()],
  path,
  extensions: { code: 'DEADLINE_EXCEEDED', requestId: 'test-request' },
});

function withGetters(error: object): object {
  for (const name of ['message', 'stack', 'name', 'cause', 'extensions', 'path', 'nodes']) {
    Object.defineProperty(error, name, {
      get() {
        throw new Error(`${name} cannot be read`);
      },
    });
  }
  return error;
}

const throwing = () => {
  throw new Error('trapped');
};
const circular: Error & { cause?: unknown } = new Error('circular');
circular.cause = new Error('inner', { cause: circular });

const ERRORS: readonly (readonly [string, () => unknown])[] = [
  ['an error', () => new Error('the password is x')],
  ['an error of another realm', () => new DOMException('aborted', 'AbortError')],
  ['an aggregate error', () => new AggregateError([new Error('one'), null], 'several')],
  ['a frozen error', () => Object.freeze(new Error('frozen'))],
  [
    'an error with a path of its own',
    () => Object.assign(new Error('elsewhere'), { path: ['x'], extensions: { code: 'X' } }),
  ],
  ['an error with a message of graphql-js', () => new Error('Cannot return null for non-nullable field Query.a.')],
  ['an error whose message is a number', () => Object.assign(new Error(), { message: 7 })],
  ['an error with a message of 1 MB', () => new Error('x'.repeat(1_000_000))],
  ['an error with circular causes', () => circular],
  ['an error that cannot be read', () => withGetters(new Error('x'))],
];
const OTHER_VALUES: readonly (readonly [string, () => unknown])[] = [
  ['a text', () => 'text'],
  ['an empty text', () => ''],
  ['null', () => null],
  ['undefined', () => undefined],
  ['zero', () => 0],
  ['a symbol', () => Symbol('x')],
  ['a big integer', () => 1n],
  ['an object', () => ({ message: 'x', extensions: { code: 'SERVICE_TIMEOUT' } })],
  ['an object without a prototype', () => Object.create(null)],
  ['a function', () => () => 1],
  [
    'a proxy that throws',
    () => new Proxy({}, { get: throwing, has: throwing, getPrototypeOf: throwing, ownKeys: throwing }),
  ],
];

describe.each(PATHS)('a value that a resolver throws, %s', (path) => {
  test.each([...ERRORS, ...OTHER_VALUES])('%s becomes null with one masked error', async (_what, make) => {
    const resolvers = {
      Query: {
        a: () => {
          throw make();
        },
        b: () => 'b',
        may: () => ({}),
      },
      Box: { full: resolver({}, () => Promise.reject(make())) },
    };
    const { run, logged } = await start(resolvers);
    expect(same(await run(path, '{ a b }'))).toEqual({ data: { a: null, b: 'b' }, errors: [masked('a')] });
    expect(same(await run(path, '{ may { full } b }'))).toEqual({
      data: { may: null, b: 'b' },
      errors: [masked('may', 'full')],
    });
    expect(logged).toHaveLength(2 * RUNS);
    for (const line of logged)
      expect(line).toMatchObject({ level: 50, msg: 'unexpected error', requestId: 'test-request' });
  });

  test.each(ERRORS)('%s as a result or list item becomes null with an error', async (_what, make) => {
    const { run } = await start({
      Query: {
        a: () => make(),
        b: async () => make(),
        list: () => ['x', make(), Promise.resolve(make())],
        nested: () => Promise.resolve([[make()], Promise.reject(make()), new Set(['y'])]),
        may: () => ({ a: make(), b: throwing, full: 'full' }),
      },
    });
    const { data, errors } = same(await run(path, '{ a b list nested may { a b full } }')) as Record<string, unknown>;
    expect(data).toEqual({
      a: null,
      b: null,
      list: ['x', null, null],
      nested: [[null], null, ['y']],
      may: { a: null, b: null, full: 'full' },
    });
    expect(new Set(errors as unknown[])).toEqual(
      new Set([
        masked('a'),
        masked('b'),
        masked('list', 1),
        masked('list', 2),
        masked('nested', 0, 0),
        masked('nested', 1),
        masked('may', 'a'),
        masked('may', 'b'),
      ]),
    );
  });

  test('is distinguished from the error of a service', async () => {
    const { run } = await start({
      Query: { a: () => Promise.reject(new ServiceTimeoutError('members', 1)), b: throwing },
    });
    expect(same(await run(path, '{ a b }'))).toMatchObject({
      data: { a: null, b: null },
      errors: expect.arrayContaining([
        expect.objectContaining({
          path: ['a'],
          extensions: { code: 'SERVICE_TIMEOUT', service: 'members', requestId: 'test-request' },
        }),
        masked('b'),
      ]),
    });
  });

  test('by toJSON of a custom scalar is masked; a value without a JSON form is an error', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const failing = [
      10n,
      { a: 10n },
      cyclic,
      { toJSON: throwing },
      {
        get a() {
          return throwing();
        },
      },
    ];
    const without = [() => 1, Symbol('s'), { toJSON: () => undefined }, Number.NaN, Number.POSITIVE_INFINITY];
    const fine = [{ a: [1, { b: null }] }, 'text', 1.5, false, new Date(0), { toJSON: () => 7 }];
    for (const value of [...failing, ...without, ...fine]) {
      const { run } = await start({ Query: { json: resolver({}, () => value), b: () => 'b' } });
      const response = same(await run(path, '{ json b }'));
      if (fine.includes(value as never)) {
        expect(response).toEqual({ data: { json: JSON.parse(JSON.stringify(value)), b: 'b' }, errors: undefined });
      } else {
        const code = failing.includes(value as never) ? 'INTERNAL_SERVER_ERROR' : 'SERVICE_BAD_RESPONSE';
        expect(response).toMatchObject({
          data: { json: null, b: 'b' },
          errors: [{ path: ['json'], extensions: { code } }],
        });
      }
    }
  });

  test('is masked in a type resolver, in a conversion, and in the conversion of a loaded row', async () => {
    const things = batchOf<{ id: string }>()({ service: 'loans', path: '/loans', rowKey: 'id' });
    const rows: RowSource = { ...noRows, rows: async (_endpoint, keys) => keys.map((id) => ({ id })) };
    const fail = (): string => {
      throw 'text';
    };
    const { run } = await start(
      {
        Node: { __resolveType: fail },
        Query: {
          node: () => ({ id: 1 }),
          a: load(
            things,
            always('t_1'),
            computed(['id'], (_row: { readonly id: string }) => fail()),
          ),
          may: () => ({ x: 1 }),
        },
        Box: { a: computed(['x'], (_row: { readonly x: number }) => fail()) },
      },
      rows,
    );
    expect(same(await run(path, '{ node { id } a may { a } }'))).toEqual({
      data: { node: null, a: null, may: { a: null } },
      errors: expect.arrayContaining([masked('node'), masked('a'), masked('may', 'a')]),
    });
  });
});

test('thenables are treated as promises', async () => {
  const twice = {
    // biome-ignore lint/suspicious/noThenProperty: the test needs a thenable
    then: (resolve: (value: string) => void, reject: (reason: unknown) => void) => {
      resolve('first');
      reject(new Error('second'));
      throw new Error('third');
    },
  };
  // biome-ignore lint/suspicious/noThenProperty: the test needs a thenable
  const fails = { then: throwing };
  const { run } = await start({ Query: { a: () => twice, b: () => fails, list: () => [twice, fails] } });
  for (const path of PATHS) {
    expect(same(await run(path, '{ a b list }'))).toEqual({
      data: { a: 'first', b: null, list: ['first', null] },
      errors: expect.arrayContaining([masked('b'), masked('list', 1)]),
    });
  }
});

describe.each(PATHS)('the deadline, %s', (path) => {
  const never = () => new Promise<never>(() => {});

  /** Runs a query whose deadline passes as soon as it awaits something. */
  async function runPastDeadline(resolvers: ResolverMap, query: string, rows?: RowSource) {
    const { run, logged } = await start(resolvers, rows);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date', 'hrtime'] });
    const running = run(path, query);
    let isDone = false;
    const done = running.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    while (!isDone) {
      // Promises that can settle before the deadline settle first.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      timeLeftMs = 0;
      jest.advanceTimersByTime(TIME_MS);
      await new Promise((resolve) => setImmediate(resolve));
      timeLeftMs = TIME_MS;
    }
    expect(jest.getTimerCount()).toBe(0);
    return { response: same(await running), logged };
  }

  test('makes late fields null with an error each, and keeps the other fields', async () => {
    const { response, logged } = await runPastDeadline(
      {
        Query: {
          a: never,
          b: async () => 'b',
          list: () => ['x', never(), Promise.resolve('y')],
          nested: async () => [[never()], never()],
          may: resolver({}, () => ({ a: never(), full: 'full', b: never })),
          boxes: () => [{ full: 'full' }, never(), { full: never() }],
        },
      },
      '{ a b list nested may { a full b } boxes { full } }',
    );
    expect(response).toMatchObject({
      data: {
        a: null,
        b: 'b',
        list: ['x', null, 'y'],
        nested: [[null], null],
        may: { a: null, full: 'full', b: null },
        boxes: [{ full: 'full' }, null, null],
      },
    });
    expect(new Set((response as { errors: unknown[] }).errors)).toEqual(
      new Set([
        late('a'),
        late('list', 1),
        late('nested', 0, 0),
        late('nested', 1),
        late('may', 'a'),
        late('may', 'b'),
        late('boxes', 1),
        late('boxes', 2, 'full'),
      ]),
    );
    // The late fields of a request share one line.
    expect(logged.filter(({ code }) => code === 'DEADLINE_EXCEEDED')).toMatchObject([
      { count: 8 },
      { count: 8 },
      { count: 8 },
    ]);
  });

  test('limits a property that prop reads', async () => {
    const { response } = await runPastDeadline(
      { Query: { may: resolver({}, () => ({ late: never(), full: 'full' })) }, Box: { a: prop('late') } },
      '{ may { a full } }',
    );
    expect(response).toEqual({ data: { may: { a: null, full: 'full' } }, errors: [late('may', 'a')] });
  });

  test('limits the page of a connection from a hand-written resolver', async () => {
    const { response } = await runPastDeadline(
      {
        Query: { things: resolver({}, () => ({ page: never(), rowKey: 'id' })) },
        Things: connectionFields<{ id: string }>(),
        PageInfo: pageInfoFields,
      },
      '{ things { edges { cursor } pageInfo { hasNextPage endCursor } } }',
    );
    // hasNextPage and pageInfo are non-null: the first error in pageInfo ends it.
    expect(response).toEqual({
      data: { things: null },
      errors: [late('things', 'edges'), late('things', 'pageInfo', 'hasNextPage')],
    });
  });

  test('propagates the null of a non-null field to the nearest nullable field', async () => {
    const { response } = await runPastDeadline(
      { Query: { must: () => ({}), b: () => 'b' }, Box: { full: never } },
      '{ b must { full } }',
    );
    expect(response).toEqual({ data: null, errors: [late('must', 'full')] });
  });

  test('limits a type resolver, a conversion, and the conversion of a loaded row', async () => {
    const things = batchOf<{ id: string }>()({ service: 'loans', path: '/loans', rowKey: 'id' });
    const rows: RowSource = { ...noRows, rows: async (_endpoint, keys) => keys.map((id) => ({ id })) };
    const { response } = await runPastDeadline(
      {
        Node: { __resolveType: never },
        Query: {
          node: () => ({ id: 1 }),
          a: load(
            things,
            always('t_1'),
            computed(['id'], (_row: { readonly id: string }) => never()),
          ),
          may: () => ({ x: 1 }),
        },
        Box: { a: computed(['x'], (_row: { readonly x: number }) => never()) },
      },
      '{ node { id } a may { a } }',
      rows,
    );
    expect(response).toEqual({
      data: { node: null, a: null, may: { a: null } },
      errors: expect.arrayContaining([late('node'), late('a'), late('may', 'a')]),
    });
  });

  test('aborts the signal of late resolvers', async () => {
    const signals: AbortSignal[] = [];
    await runPastDeadline(
      {
        Query: {
          a: (_parent: unknown, _args: unknown, { request }: Context) => {
            signals.push(request.signal);
            return never();
          },
          b: async (_parent: unknown, _args: unknown, { request }: Context) => String(request.signal.aborted),
        },
      },
      '{ a b }',
    );
    expect(signals).toHaveLength(RUNS);
    for (const { aborted, reason } of signals)
      expect({ aborted, reason }).toMatchObject({ aborted: true, reason: { code: 'DEADLINE_EXCEEDED' } });
  });

  test('logs the 1st, 10th and 100th rejection of late resolvers', async () => {
    const rejections: ((reason: unknown) => void)[] = [];
    const { logged } = await runPastDeadline(
      { Query: { a: () => new Promise((_resolve, reject) => rejections.push(reject)) } },
      '{ a }',
    );
    const before = logged.length;
    for (const reject of rejections) reject('too late');
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toHaveLength(RUNS);
    expect(logged.slice(before)).toMatchObject([
      { level: 40, count: 1, err: 'too late', msg: 'a resolver failed after its field was reported as late' },
    ]);
  });
});

test('pending resolvers set a timer, settled ones clear it, and other requests need none', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date', 'hrtime'] });
  const { run } = await start({ Query: { a: () => 'a', b: async () => 'b' } });
  const setTimeouts = jest.spyOn(globalThis, 'setTimeout');
  expect(same(await run('ad hoc', '{ a }'))).toEqual({ data: { a: 'a' } });
  expect(setTimeouts).not.toHaveBeenCalled();
  expect(same(await run('ad hoc', '{ b }'))).toEqual({ data: { b: 'b' } });
  expect(setTimeouts).toHaveBeenCalledTimes(RUNS);
  expect(jest.getTimerCount()).toBe(0);
});
