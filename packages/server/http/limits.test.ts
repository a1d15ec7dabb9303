import { startBff } from '@facet/testing/internal/bff.ts';
import { bff } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { noRows, requestContext } from '@facet/testing/internal/request.ts';
import { expect, test } from '@jest/globals';
import { getIntrospectionQuery, parse, validate } from 'graphql';
import { createEngine } from '../graphql/execute.ts';
import { MAX_PREPARED } from '../graphql/execution/prepare.ts';
import { buildSchema } from '../graphql/schema.ts';
import { createLog } from '../telemetry/log.ts';
import { boundedStore } from './documents/ad-hoc.ts';
import { sizeRule } from './documents/size-limits.ts';

const NOWHERE = { members: 'http://127.0.0.1:1', loans: 'http://127.0.0.1:1', library: 'http://127.0.0.1:1' };
const ALIASES = Array.from({ length: 16 }, (_, index) => `a${index}: __typename`).join(' ');
const DIRECTIVES = '... @include(if: true) { __typename } '.repeat(51);

test.each([
  ['16 aliases', `{ ${ALIASES} }`, /16 aliases; the limit is 15/],
  [
    'aliases by fragments',
    `{ ...A ...A ...A ...A ...A ...A } fragment A on Query { a: __typename b: __typename c: __typename }`,
    /18 aliases; the limit is 15/,
  ],
  ['51 directives', `{ ${DIRECTIVES} }`, /51 directives; the limit is 50/],
  [
    'a fragment bomb',
    `{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...C ...C } fragment C on Query { ...D ...D } fragment D on Query { a: __typename ...E ...E } fragment E on Query { b: __typename c: __typename }`,
    /aliases; the limit is 15/,
  ],
  [
    'a fragment bomb that selects one field',
    `{ ...F0 } ${Array.from({ length: 20 }, (_, link) => `fragment F${link} on Query { ...F${link + 1} ...F${link + 1} }`).join(' ')} fragment F20 on Query { __typename }`,
    /fragments; the limit is 250/,
  ],
  [
    'a circle of fragments',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    /Cannot spread fragment/,
  ],
])('%s are refused before anything runs', async (_what, query, message) => {
  await using running = await startBff(bff, NOWHERE);
  const { data, errors } = await running.query(query);
  expect(data).toBeUndefined();
  expect(errors.map((error) => error.message).join('\n')).toMatch(message);
  for (const error of errors) expect(error.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('the standard introspection query passes', async () => {
  await using running = await startBff(bff, NOWHERE);
  expect((await running.query(getIntrospectionQuery())).errors).toEqual([]);
});

test.each([
  [10, 0],
  [11, 1],
])('a depth of %i makes %i errors', (depth, count) => {
  const schema = buildSchema('type Query { a: Query }', {});
  const query = `${'{ a '.repeat(depth - 1)}{ __typename }${' }'.repeat(depth - 1)}`;
  expect(validate(schema, parse(query), [sizeRule])).toHaveLength(count);
});

test('ten thousand different queries leave bounded caches', async () => {
  const schema = buildSchema('type Query { a: Int }', { Query: { a: () => 1 } });
  const engine = createEngine(schema, noRows, createLog('test', 'silent'));
  const store = boundedStore<string>(1_000);
  for (let index = 0; index < 10_000; index += 1) {
    const document = parse(`{ a${index}: a }`);
    for (let use = 0; use < 2; use += 1) {
      await engine.execute({ document, operationName: undefined, variables: {} }, requestContext());
    }
    await store.set(String(index), 'x');
  }
  expect(engine.preparation.size).toBe(MAX_PREPARED);
  expect(store.size).toBe(1_000);
  expect(await store.get('0')).toBeUndefined();
  expect(await store.get('9999')).toBe('x');
});

test('a query that is asked for again is compiled, and answers the same', async () => {
  await using service = await startLocalService((_request, response) => json(response, [{ id: 'b_1', name: 'n' }]));
  await using running = await startBff(bff, { members: service.url, loans: service.url, library: service.url });
  const texts = await Promise.all(
    [1, 2, 3].map(async () => (await running.query('{ book(id: "b_1") { name } }')).text),
  );
  expect(new Set(texts).size).toBe(1);
});
