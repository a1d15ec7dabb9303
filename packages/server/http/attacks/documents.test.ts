import { readFileSync } from 'node:fs';
import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import type { Bff } from '../bff.ts';

const STRICT = { accept: 'application/graphql-response+json' };
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

/** Documents that ask for far more than they are long. */
const BOMBS: readonly (readonly [string, string, RegExp])[] = [
  ['aliases', `{ ${many(160, (n) => `a${n}: __typename`)} }`, /160 aliases; the limit is 15/],
  [
    'aliases by fragments',
    `{ ${'...A '.repeat(9)} } fragment A on Query { a: __typename b: __typename }`,
    /18 aliases/,
  ],
  ['directives', `{ ${'... @include(if: true) { __typename } '.repeat(90)} }`, /90 directives; the limit is 50/],
  [
    'directives of one field',
    `{ __typename ${'@skip(if: false) '.repeat(90)} }`,
    /can only be used once|90 directives/,
  ],
  ['directives of an operation', `query ${'@skip '.repeat(400)} { __typename }`, /can only be used once/],
  [
    'fragments that double',
    `{ ...F0 } ${many(20, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F20 on Query { __typename }`,
    /fragments; the limit is 250/,
  ],
  [
    'fragments in fragments',
    `{ ${'... { '.repeat(260)} __typename ${'} '.repeat(260)} }`,
    /260 fragments; the limit is 250/,
  ],
  ['a fragment in itself', '{ ...A } fragment A on Query { ...A }', /Cannot spread fragment "A" within itself/],
  [
    'a circle of fragments',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }',
    /Cannot spread fragment/,
  ],
  [
    'introspection in introspection',
    '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    /introspection/i,
  ],
  [
    'aliases in introspection',
    `{ __schema { types { ${many(20, (n) => `b${n}: fields { type { ...F } }`)} } } } fragment F on __Type { ${many(20, (n) => `a${n}: fields { name }`)} }`,
    /420 aliases; the limit is 15|introspection is not allowed/i,
  ],
  ['one field, again and again', `{ ${'__typename '.repeat(240)} }`, /more than 5000 steps/],
  ['one field, as often as there may be tokens', `{ ${'__typename '.repeat(990)} }`, /more than 5000 steps/],
  ['tokens', `{ ${'__typename '.repeat(1_000)} }`, /1000 tokens/],
  ['brackets', '{a'.repeat(20_000), /tokens/],
];

describe.each(CLIENTS)('a document for $client', (bff: Bff) => {
  let service: LocalService;
  let open: RunningBff;
  let production: RunningBff;
  beforeAll(async () => {
    service = await startLocalService((_request, response) => response.writeHead(500).end());
    const urls = { members: service.url, loans: service.url, library: service.url };
    open = await startBff(bff, urls, { NODE_ENV: 'production', DOCUMENTS: 'open' });
    production = await startBff(bff, urls, { NODE_ENV: 'production' });
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await production[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const expectRefused = ({ status, text, errors }: Answer, message: RegExp) => {
    expect(status).toBe(400);
    expect(JSON.parse(text)).not.toHaveProperty('data');
    expect(errors.map((error) => error.message).join('\n')).toMatch(message);
    expect(service.arrived).toEqual([]);
  };

  test.each(BOMBS)('that is a bomb of %s is refused before anything runs', async (_what, query, message) => {
    expectRefused(await open.query(query, {}, STRICT), message);
  });

  test.each(BOMBS)(
    'that is a bomb of %s is refused as not registered where documents are locked',
    async (_what, query, message) => {
      const isLocked = !bff.publicSchema;
      expectRefused(await production.query(query, {}, STRICT), isLocked ? /registered documents only/ : message);
    },
  );

  test.each([
    ['a list of operations', JSON.stringify(Array(1_000).fill({ query: '{ __typename }' }))],
    ['a list of one', JSON.stringify([{ query: '{ __typename }' }])],
    ['a list as the query', JSON.stringify({ query: ['{ __typename }', '{ __typename }'] })],
    ['variables for many', JSON.stringify({ query: '{ __typename }', variables: [{}, {}] })],
  ])('is one: %s is refused', async (_what, body) => {
    const headers = { 'content-type': 'application/json', [bff.identity.header]: bff.identity.exampleId, ...STRICT };
    const response = await fetch(`${open.url}/graphql`, { method: 'POST', body, headers });
    expectRefused(await readAnswer(response), /must be/);
  });

  test('runs one of its operations, by name', async () => {
    const query = many(150, (n) => `query A${n} { __typename }`);
    expectRefused(await open.query(query, {}, STRICT), /operationName/);
    const one = await fetch(`${open.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [bff.identity.header]: bff.identity.exampleId },
      body: JSON.stringify({
        query: query.replace('A7 { __typename', 'A7 { seventh: __typename'),
        operationName: 'A7',
      }),
    });
    expect(await one.json()).toEqual({ data: { seventh: 'Query' } });
  });
});

describe.each(CLIENTS.filter(({ publicSchema }) => !publicSchema))('the schema of $client in production', (bff) => {
  let open: RunningBff;
  let locked: RunningBff;
  beforeAll(async () => {
    open = await startBff(bff, {}, { NODE_ENV: 'production', DOCUMENTS: 'open' });
    locked = await startBff(bff, {}, { NODE_ENV: 'production' });
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await locked[Symbol.asyncDispose]();
  });

  test.each([
    '{ __schema { types { name } } }',
    '{ s: __schema { queryType { name } } }',
    '{ __type(name: "Query") { fields { name } } }',
    '{ ...F } fragment F on Query { __schema { types { name } } }',
    '{ ... on Query { ... { __type(name: "Query") { name } } } }',
  ])('cannot be asked for: %s', async (query) => {
    const { status, text, errors } = await open.query(query, {}, STRICT);
    expect({ status, code: errors[0]?.extensions.code }).toEqual({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(JSON.parse(text)).not.toHaveProperty('data');
  });

  test('cannot be guessed by names that are nearly right', async () => {
    const sdl = readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8');
    const [field = ''] = Object.keys(buildSchema(sdl).getQueryType()?.getFields() ?? {});
    const screens = Object.keys(bff.examples);
    expect(screens.length).toBeGreaterThan(0);
    const answers = [
      await open.query(`{ ${field}x { id } }`),
      await open.query(`{ ${field} { i } }`),
      await open.query('{ loan(idd: "l_1") { id } }'),
      await open.query('{ ... on Quer { __typename } }'),
      await open.query('query($i: Itn) { loan(id: $i) { id } }'),
      await open.query('{ loan(id: "l_1") @skp(if: true) { id } }'),
      ...(await Promise.all(
        screens.map(async (name) =>
          readAnswer(
            await fetch(`${locked.url}/screens/${name.slice(1)}`, {
              headers: { [bff.identity.header]: bff.identity.exampleId },
            }),
          ),
        ),
      )),
      ...(await Promise.all(screens.map((name) => locked.query(`query ${name}s { __typename }`)))),
    ];
    for (const { text, errors } of answers) {
      expect(errors.length).toBeGreaterThan(0);
      expect(text).not.toMatch(/did you mean/i);
    }
  });
});

/** Text that would end a string literal in generated code. */
const INJECTION = `'];globalThis.attacked = 'yes';//`;

test.each(CLIENTS)('no argument is run as code by $client, however often it is sent', async (bff: Bff) => {
  await using service = await startLocalService((_request, response) => response.writeHead(500).end());
  await using running = await startBff(bff, { members: service.url, loans: service.url, library: service.url });
  const row = bff.client === 'partner' ? 'loanStatus' : 'loan';
  const written = INJECTION.replaceAll("'", '\\u0027');
  for (const text of [`"${INJECTION}"`, `"${written}"`, `"""${INJECTION}"""`]) {
    for (let time = 0; time < 4; time += 1) {
      await running.query(`query($x: ID! = ${text}) { ${row}(id: ${text}) { id } other: ${row}(id: $x) { id } }`);
      await running.query(`{ ${row}(id: ${text}) { id } }`);
    }
  }
  expect(globalThis).not.toHaveProperty('attacked');
});
