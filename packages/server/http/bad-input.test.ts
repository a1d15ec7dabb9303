import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { sendRaw } from '@facet/testing/internal/raw.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bff } from './bff.ts';

const GRAPHQL = 'application/graphql-response+json';

/** A list of each client with bounds on `first`. */
const LISTS: Readonly<Record<string, (first: string) => string>> = {
  mobile: (first) => `home { recentLoans(first: ${first}) { id } }`,
  web: (first) => `dashboard { loans(first: ${first}) { id } }`,
  partner: (first) => `books(first: ${first}) { edges { cursor } }`,
};

describe.each(CLIENTS)('$client', (bff: Bff) => {
  let service: LocalService;
  let running: RunningBff;
  const list = (first: string) => LISTS[bff.client]?.(first) ?? '';
  const identity = { [bff.identity.header]: bff.identity.exampleId };

  beforeAll(async () => {
    service = await startLocalService((_request, response) => response.writeHead(500).end());
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
        headers: { 'content-type': 'application/json', accept: GRAPHQL, ...identity, ...headers },
        body,
      }),
    );
  const expectRefused = ({ status, errors, text }: Awaited<ReturnType<typeof post>>, refused: number, code: string) => {
    expect({ status, code: errors[0]?.extensions.code }).toEqual({ status: refused, code });
    expect(errors[0]?.message).toMatch(/\w/);
    expect(errors[0]?.extensions.requestId).toMatch(/\w/);
    expect(JSON.parse(text)).not.toHaveProperty('data');
    expect(service.arrived).toEqual([]);
  };

  test.each(['', ' ', 'x'.repeat(129), 'a\tb', 'a b', 'a,b'])('identity %j is 401', async (id) => {
    const answer = await post('{"query":"{ __typename }"}', { [bff.identity.header]: id });
    expectRefused(answer, 401, 'UNAUTHENTICATED');
  });

  test.each(['%FF', '%C3', '%ED%A0%80', '%C0%AF'])(
    '%s in a query string is 400, since it is not UTF-8',
    async (bytes) => {
      const headers = { ...identity, accept: GRAPHQL, 'apollo-require-preflight': '1' };
      const [screen] = Object.keys(bff.examples);
      for (const path of [`/graphql?query={__typename}&variables=${bytes}`, `/screens/${screen}?id=${bytes}`]) {
        expectRefused(await readAnswer(await fetch(running.url + path, { headers })), 400, 'BAD_REQUEST');
      }
    },
  );

  test('a percent sign in a query string may stand for itself', async () => {
    const headers = { ...identity, 'apollo-require-preflight': '1' };
    const response = await fetch(`${running.url}/graphql?query={__typename}&note=100%&other=%zz%C3%BC`, { headers });
    expect((await readAnswer(response)).data).toEqual({ __typename: 'Query' });
  });

  test('no identity is 401, before the body is looked at', async () => {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expectRefused(await readAnswer(response), 401, 'UNAUTHENTICATED');
  });

  test.each<[string, string, number, string]>([
    ['malformed JSON', '{"query":', 400, 'BAD_REQUEST'],
    ['no JSON object', '[]', 400, 'BAD_REQUEST'],
    ['null', 'null', 400, 'BAD_REQUEST'],
    ['no query', '{}', 400, 'BAD_REQUEST'],
    ['a batch', '[{"query":"{ __typename }"}]', 400, 'BAD_REQUEST'],
    ['a query that is no text', '{"query":7}', 400, 'BAD_REQUEST'],
    ['variables that are no object', '{"query":"{ __typename }","variables":[]}', 400, 'BAD_REQUEST'],
    ['extensions that are no object', '{"query":"{ __typename }","extensions":"x"}', 400, 'BAD_REQUEST'],
    ['an empty query', '{"query":""}', 400, 'BAD_REQUEST'],
    ['no persisted query', '{"extensions":{"persistedQuery":null}}', 400, 'BAD_REQUEST'],
    [
      'a persisted query of no shape',
      '{"query":"{ __typename }","extensions":{"persistedQuery":"x"}}',
      400,
      'BAD_REQUEST',
    ],
    [
      'a persisted query of version 2',
      '{"query":"{ __typename }","extensions":{"persistedQuery":{"version":2}}}',
      400,
      'BAD_REQUEST',
    ],
    [
      'an unknown persisted query',
      `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'a'.repeat(64)}"}}}`,
      400,
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    [
      'a persisted query that is another',
      `{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"${'a'.repeat(64)}"}}}`,
      400,
      'BAD_REQUEST',
    ],
    [
      'more than 1,000 tokens',
      JSON.stringify({ query: `{ ${'__typename '.repeat(1_000)} }` }),
      400,
      'GRAPHQL_PARSE_FAILED',
    ],
    ['deeper than any stack', JSON.stringify({ query: '{a'.repeat(30_000) }), 400, 'GRAPHQL_PARSE_FAILED'],
    ['a syntax error', '{"query":"{"}', 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{"query":"{ nothing }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'an unknown operation',
      '{"query":"query A { __typename }","operationName":"B"}',
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'two operations and no name',
      '{"query":"query A { __typename } query B { __typename }"}',
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['a mutation', '{"query":"mutation { pay }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', '{"query":"subscription { loans }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['over 100 KB', JSON.stringify({ query: `{ __typename ${'#'.repeat(102_400)} }` }), 413, 'BAD_REQUEST'],
  ])('%s is refused', async (_what, body, status, code) => {
    expectRefused(await post(body), status, code);
  });

  test.each(['0', '-1', '101', '2147483647'])('first: %s is refused', async (first) => {
    expectRefused(await post(JSON.stringify({ query: `{ ${list(first)} }` })), 400, 'BAD_USER_INPUT');
    const query = `query($first: Int!) { ${list('$first')} }`;
    const variables = { first: Number(first) };
    expectRefused(await post(JSON.stringify({ query, variables })), 400, 'BAD_USER_INPUT');
    const fallback = `query($first: Int! = ${first}) { ${list('$first')} }`;
    expectRefused(await post(JSON.stringify({ query: fallback })), 400, 'BAD_USER_INPUT');
  });

  test.each([{ first: 'x' }, { first: 1.5 }, { first: null }, { first: 1e12 }, {}])(
    'the variables %j are refused',
    async (variables) => {
      const query = `query($first: Int!) { ${list('$first')} }`;
      expectRefused(await post(JSON.stringify({ query, variables })), 400, 'BAD_USER_INPUT');
    },
  );

  test('application/json keeps 200 for what is a well-formed request', async () => {
    expectRefused(await post('{"query":"{"}', { accept: 'application/json' }), 200, 'GRAPHQL_PARSE_FAILED');
    expectRefused(await post('{"query":"{ nothing }"}', { accept: '*/*' }), 200, 'GRAPHQL_VALIDATION_FAILED');
    expectRefused(await post('{"query":', { accept: 'application/json' }), 400, 'BAD_REQUEST');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
  ])('a body of %s is 415', async (type) => {
    expectRefused(await post('{"query":"{ __typename }"}', { 'content-type': type }), 415, 'BAD_REQUEST');
  });

  test('an Accept of neither media type is 406', async () => {
    expectRefused(await post('{"query":"{ __typename }"}', { accept: 'text/html' }), 406, 'BAD_REQUEST');
  });

  test('an Accept with the charset of the response is answered', async () => {
    const answer = await post('{"query":"{ __typename }"}', { accept: 'Application/JSON; Charset=UTF-8' });
    expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('a charset or an encoding that is none is 415', async () => {
    expectRefused(await post('{}', { 'content-type': 'application/json; charset=latin1' }), 415, 'BAD_REQUEST');
    expectRefused(await post('{}', { 'content-encoding': 'rot13' }), 415, 'BAD_REQUEST');
  });

  const get = async (
    search: Record<string, string>,
    headers: Record<string, string> = { 'apollo-require-preflight': '1' },
  ) =>
    fetch(`${running.url}/graphql?${new URLSearchParams(search)}`, {
      headers: { accept: GRAPHQL, ...identity, ...headers },
    });

  test('GET answers queries, and needs the preflight header', async () => {
    const answer = await readAnswer(await get({ query: '{ __typename }' }));
    expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' } });
    expectRefused(await readAnswer(await get({ query: '{ __typename }' }, {})), 400, 'BAD_REQUEST');
  });

  test('GET never mutates, and says what is allowed', async () => {
    const response = await get({ query: 'mutation { pay }' });
    expect(response.headers.get('allow')).toBe('POST');
    expectRefused(await readAnswer(response), 405, 'BAD_REQUEST');
  });

  test('GET refuses parameters that are no JSON', async () => {
    expectRefused(await readAnswer(await get({ query: '{ __typename }', variables: '{' })), 400, 'BAD_REQUEST');
    expectRefused(await readAnswer(await get({ query: '{ __typename }', extensions: '7' })), 400, 'BAD_REQUEST');
  });

  const raw = (text: string) => sendRaw(running.url, text);

  test('bytes that are no valid header are refused in the same shape', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n`;
    expect(await raw(`${head}${bff.identity.header}: u\u0001\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 401 [\s\S]*"UNAUTHENTICATED"/,
    );
    const known = `${bff.identity.header}: m_42\r\n`;
    expect(await raw(`${head}${known}Content-Length: abc\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 [\s\S]*"BAD_REQUEST"/);
    expect(await raw(`${head}X-Other: u\u0001\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 [\s\S]*"BAD_REQUEST"/);
    expect(await raw(`${head}X-Other: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 [\s\S]*"BAD_REQUEST"/);
  });

  test('a body that is announced too large is refused before it comes, an absolute target is none to stumble over', async () => {
    const head = `Host: x\r\n${bff.identity.header}: ${bff.identity.exampleId}\r\n`;
    const announced = 'Content-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{';
    expect(await raw(`POST /graphql HTTP/1.1\r\n${head}${announced}`)).toMatch(/^HTTP\/1.1 413 /);
    const get = 'apollo-require-preflight: 1\r\nConnection: close\r\n\r\n';
    expect(await raw(`GET http://:99999/graphql?query={__typename} HTTP/1.1\r\n${head}${get}`)).toMatch(
      /^HTTP\/1.1 (200|404) /,
    );
  });

  test.each(['PUT', 'DELETE', 'PATCH'])('%s is 405', async (method) => {
    const response = await fetch(`${running.url}/graphql`, { method, headers: identity });
    expect(response.headers.get('allow')).toBe('GET, POST');
    expectRefused(await readAnswer(response), 405, 'BAD_REQUEST');
  });

  test.each(['/nothing', '/%', '/graphql/x', '/../etc/passwd'])('%s is 404 or 400, never 500', async (path) => {
    const answer = await readAnswer(await fetch(`${running.url}${path}`, { headers: identity }));
    expect([400, 404]).toContain(answer.status);
    expect(answer.errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });
});
