import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Loaders } from '../../downstream/batching/loaders.ts';
import { commaSeparated } from '../../downstream/id-style.ts';
import { dictionary } from '../../downstream/row-shape.ts';
import type { Bff } from '../bff.ts';

const INHERITED = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'toJSON', 'then'];
const POISON = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';

/** What every object has: no request, and no answer of a service, may add to it. */
const common = () =>
  [Object, Function, Array, String, Map, Promise].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map((key) => [key, Object.getOwnPropertyDescriptor(prototype, key)?.value]),
  );
let before: ReturnType<typeof common>;
beforeEach(() => {
  before = common();
});
afterEach(() => {
  expect(common()).toEqual(before);
  expect({}).not.toHaveProperty('polluted');
});

describe.each(CLIENTS)('$client', (bff: Bff) => {
  let service: LocalService;
  let running: RunningBff;
  const identity = { [bff.identity.header]: bff.identity.exampleId };
  beforeAll(async () => {
    service = await startLocalService((_request, response) => response.end('[]'));
    running = await startBff(bff, { members: service.url, loans: service.url, library: service.url });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const post = async (body: string, headers: Record<string, string> = {}) =>
    readAnswer(
      await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...identity, ...headers },
        body,
      }),
    );
  const row = bff.client === 'partner' ? 'loanStatus' : 'loan';

  test.each([
    `{"query":"{ __typename }",${POISON}}`,
    `{"query":"{ __typename }","variables":{${POISON}}}`,
    `{"query":"{ __typename }","variables":{"x":{${POISON}},"y":[{${POISON}}]}}`,
    `{"query":"{ __typename }","extensions":{${POISON}}}`,
    `{"query":"{ __typename }","extensions":{"persistedQuery":null,${POISON}}}`,
  ])('takes nothing from a body such as %s', async (body) => {
    const { data, errors } = await post(body);
    expect({ data, errors }).toEqual({ data: { __typename: 'Query' }, errors: [] });
  });

  test('takes no parameter and no variable from a prototype', async () => {
    expect((await post('{"__proto__":{"query":"{ __typename }"}}')).errors[0]?.message).toMatch(/"query" is missing/);
    const query = `query($id: ID!) { ${row}(id: $id) { id } }`;
    const { errors } = await post(`{"query":"${query}","variables":{"__proto__":{"id":"l_1"}}}`);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const declared = `query($__proto__: ID!) { ${row}(id: $__proto__) { id } }`;
    expect((await post(`{"query":"${declared}","variables":{"__proto__":"l_1"}}`)).data).toEqual({ [row]: null });
  });

  test.each(INHERITED)('knows %s as a name like any other', async (name) => {
    const answered = (key: string) => `{"data":{"${key}":"Query"}}`;
    expect((await running.query(`{ ${name}: __typename }`)).text).toBe(answered(name));
    expect((await running.query(`query ${name} { a: __typename }`)).text).toBe(answered('a'));
    expect((await running.query(`{ ...${name} } fragment ${name} on Query { a: __typename }`)).text).toBe(
      answered('a'),
    );
    const { text } = await running.query(`{ ${name}: ${row}(id: "${name}") { ${name}: id } }`);
    expect(text).toBe(`{"data":{"${name}":null}}`);
    for (const unknown of [`{ ${name} }`, `{ ... on ${name} { a: __typename } }`, `{ __typename @${name} }`]) {
      expect((await running.query(unknown)).errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    }
    const operation = await post(JSON.stringify({ query: 'query A { __typename }', operationName: name }));
    expect(operation.errors[0]?.extensions.code).toBe('OPERATION_RESOLUTION_FAILURE');
    const document = await post(JSON.stringify({ documentId: name }));
    expect(document.errors[0]?.extensions.code).toBe('SCREEN_NOT_FOUND');
    const screen = await fetch(`${running.url}/screens/${name}?${name}=1&__proto__[x]=1`, { headers: identity });
    expect(screen.status).toBe(404);
  });

  test('counts a client of such a name', async () => {
    for (const name of INHERITED) {
      const headers = { 'apollographql-client-name': name, 'apollographql-client-version': name };
      expect((await post('{"query":"{ __typename }"}', headers)).status).toBe(200);
    }
    expect(await (await fetch(`${running.url}/metrics`)).text()).toContain('client_name="__proto__"');
    const { fields } = JSON.parse(await (await fetch(`${running.url}/sandbox/fields.json`)).text());
    expect(fields).toBeDefined();
  });
});

describe('an answer of a service', () => {
  const poisoned = (id: string) =>
    `{"id":"${id}","__proto__":{"firstName":"Evil","name":"Evil","polluted":1},"constructor":{"prototype":{"polluted":1}}}`;

  test.each(['0', '1000000'])('gives a row nothing by its prototype, with %s bytes of cache', async (bytes) => {
    await using service = await startLocalService(({ url }, response) => {
      const ids = new URLSearchParams(url.slice(url.indexOf('?'))).get('ids') ?? '';
      response.setHeader('cache-control', 'public, max-age=60');
      response.end(`[${ids.split(',').map(poisoned)}]`);
    });
    const urls = { members: service.url, loans: service.url, library: service.url };
    await using running = await startBff(web, urls, { ENTITY_CACHE_BYTES: bytes });
    for (const fields of ['name', 'name description', 'id coverUrl', 'name']) {
      const { text } = await running.query(`{ book(id: "b_1") { ${fields} } }`);
      expect(text).not.toContain('Evil');
    }
    expect((await running.query('{ book(id: "b_1") { id } }')).data).toEqual({ book: { id: 'b_1' } });
    expect((await running.query('{ dashboard { profile { name } } }')).text).not.toContain('Evil');
    expect((await running.query('{ book(id: "__proto__") { id } }')).data).toEqual({ book: { id: '__proto__' } });
  });

  test('has rows by such keys where it names them, and no others', async () => {
    await using service = await startLocalService((_request, response) => {
      response.end('{"__proto__":{"name":"evil"},"a":{"name":"a","__proto__":{"id":"b"}}}');
    });
    await using fetcher = fetcherFor(service.url);
    const things = batchOf<{ id: string; name: string }>()({
      service: 'members',
      path: '/things',
      rowKey: 'id',
      ids: commaSeparated('ids'),
      rows: dictionary(),
    });
    const loaders = new Loaders(fetcher.rows, requestContext());
    const rows = await Promise.all(['a', 'b', '__proto__', 'constructor'].map((id) => loaders.load(things, id)));
    expect(rows.map((row) => row?.name)).toEqual(['a', undefined, 'evil', undefined]);
    expect(rows.map((row) => row?.id)).toEqual(['a', undefined, '__proto__', undefined]);
  });
});
