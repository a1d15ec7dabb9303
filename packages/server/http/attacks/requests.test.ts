import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { sendRaw } from '@facet/testing/internal/raw.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bff } from '../bff.ts';

const QUERY = '{"query":"{ __typename }"}';
const STRICT = 'application/graphql-response+json';

/** An operation of each client with a private row by an id, and where its variable goes. */
const ROWS: Readonly<Record<string, string>> = {
  mobile: 'query($id: ID!) { loan(id: $id) { id } }',
  web: 'query($id: ID!) { loan(id: $id) { id } }',
  partner: 'query($id: ID!) { loanStatus(id: $id) { id } }',
};

describe.each(CLIENTS)('a request to $client', (bff: Bff) => {
  let service: LocalService;
  let running: RunningBff;
  const identity = { [bff.identity.header]: bff.identity.exampleId };
  beforeAll(async () => {
    service = await startLocalService((_request, response) => json(response, []));
    running = await startBff(bff, { members: service.url, loans: service.url, library: service.url });
  });
  afterEach(async () => {
    service.arrived.length = 0;
    expect((await running.query('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  const post = async (body: RequestInit['body'], headers: Record<string, string> = {}) =>
    readAnswer(
      await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: STRICT, ...identity, ...headers },
        body: body ?? null,
        // A body without a length needs it.
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      }),
    );
  const head = (method: string, more = '') =>
    `${method} /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${bff.identity.header}: ${bff.identity.exampleId}\r\n${more}`;

  describe('of another site, which a browser sends without asking first', () => {
    test.each([
      ['text/plain', QUERY],
      ['text/plain; charset=application/json', QUERY],
      ['text/plain;application/json', QUERY],
      ['text/plain, application/json', QUERY],
      ['application/x-www-form-urlencoded', new URLSearchParams({ query: '{ __typename }' }).toString()],
      ['application/x-www-form-urlencoded; x=application/json', QUERY],
      ['multipart/form-data; boundary=b', `--b\r\nContent-Disposition: form-data; name="query"\r\n\r\n{a}\r\n--b--`],
      ['', QUERY],
    ])('is refused as a body of %j', async (type, body) => {
      const headers = { 'content-type': type, origin: 'https://evil.example', cookie: 'session=s' };
      const { status, errors } = await post(body, headers);
      expect({ status, code: errors[0]?.extensions.code }).toEqual({ status: 415, code: 'BAD_REQUEST' });
    });

    test.each<[string, string, Record<string, string>]>([
      ['GET', 'no header of ours', {}],
      ['HEAD', 'no header of ours', {}],
      ['GET', 'a media type that some browser lets through', { 'content-type': 'text/plain; x="application/json"' }],
      ['GET', 'a media type of a body that is not there', { 'content-type': 'application/json' }],
      ['GET', 'headers of ours that say nothing', { 'apollo-require-preflight': '', 'x-apollo-operation-name': '' }],
    ])('is refused as a %s with %s', async (method, _what, headers) => {
      const url = `${running.url}/graphql?query={__typename}`;
      const response = await fetch(url, { method, headers: { ...identity, accept: STRICT, ...headers } });
      expect(response.status).toBe(400);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    });
  });

  describe('with more in a header than one value', () => {
    test.each<[string, string, number?]>([
      ['a line end in the request id', 'X-Request-Id: a\rX-Evil: 1\r\n'],
      ['a line end of one character', 'X-Request-Id: a\nX-Evil: 1\r\n'],
      ['a folded line', 'X-Request-Id: a\r\n X-Evil: 1\r\n'],
      ['a zero', 'Accept-Language: de\0\r\n'],
      ['a space before the colon', 'X-Request-Id : a\r\n'],
      ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
      ['a length and chunks', `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`],
      ['an encoding that is none', 'Transfer-Encoding: xchunked\r\n', 501],
      ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n'],
    ])('is refused, and what follows it is not read as another: %s', async (_what, header, status = 400) => {
      const smuggled = `0\r\n\r\n${head('GET')}\r\n`;
      const answer = await sendRaw(
        running.url,
        `${head('POST', header)}Content-Type: application/json\r\n\r\n${smuggled}`,
      );
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
      expect(answer).not.toContain('X-Evil');
      expect(service.arrived).toEqual([]);
    });

    test('is refused where it says twice who asks', async () => {
      const answer = await sendRaw(running.url, `${head('POST', `${bff.identity.header}: other_1\r\n`)}\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 401 [\s\S]*"UNAUTHENTICATED"/);
    });

    test.each(['"><script>', 'a b', 'a\u00e9', 'x'.repeat(200), 'a;b', 'a,b'])(
      'has its request id neither answered nor sent on: %j',
      async (given) => {
        const { headers } = await running.query(ROWS[bff.client] ?? '', { id: 'l_1' }, { 'x-request-id': given });
        const made = headers.get('x-request-id');
        expect(made).toMatch(/^[0-9a-f-]{36}$/);
        expect(service.arrived.map((arrived) => arrived.headers['x-request-id'])).toEqual([made]);
      },
    );

    test.each(['l_1\r\nX-Member-Id: m_7', 'l_1\nX-Evil: 1', 'l_1\0', 'l_1 HTTP/1.1\r\nHost: evil\r\n\r\nGET /'])(
      'has no id that could become one: %j',
      async (id) => {
        const { data } = await running.query(ROWS[bff.client] ?? '', { id });
        expect(Object.values(data)).toEqual([null]);
        expect(service.arrived).toEqual([]);
      },
    );

    test('cannot write a line of the log', async () => {
      await using warning = await startBff(bff, {}, { DOCUMENTS: 'warn' });
      const operationName = 'x"\n{"level":60,"msg":"forged"}\n';
      await readAnswer(
        await fetch(`${warning.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...identity },
          body: JSON.stringify({ query: '{ __typename }', operationName }),
        }),
      );
      expect(warning.logged).toContainEqual(expect.objectContaining({ operationName: '', count: 1 }));
      expect(warning.logged.filter(({ msg }) => msg === 'forged')).toEqual([]);
    });
  });

  describe('that is too large', () => {
    const large = JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(200_000) } });
    const zeros = JSON.stringify({ query: '{ __typename }', variables: { x: '0'.repeat(50_000_000) } });
    const chunks = (text: string) => new Blob([text]).stream();

    test.each<[string, () => RequestInit['body'], Record<string, string>]>([
      ['of a length that it tells', () => large, {}],
      ['of a length that it does not tell', () => chunks(large), {}],
      ['once it is unpacked by gzip', () => new Uint8Array(gzipSync(zeros)), { 'content-encoding': 'gzip' }],
      ['once it is unpacked by br', () => new Uint8Array(brotliCompressSync(zeros)), { 'content-encoding': 'br' }],
    ])('is 413: a body %s', async (_what, body, headers) => {
      expect((await post(body(), headers)).status).toBe(413);
    });

    test('is 431: an address, or all headers together', async () => {
      const address = head('GET').replace('/graphql', `/graphql?query=${'x'.repeat(20_000)}`);
      expect(await sendRaw(running.url, `${address}\r\n`)).toMatch(/^HTTP\/1.1 431 /);
      const headers = Array.from({ length: 200 }, (_, n) => `X-${n}: ${'x'.repeat(100)}\r\n`).join('');
      expect(await sendRaw(running.url, `${head('GET', headers)}\r\n`)).toMatch(/^HTTP\/1.1 431 /);
    });

    const deep = `${'['.repeat(45_000)}${']'.repeat(45_000)}`;
    test.each([
      ['variables as deep as fits', `{"query":"{ __typename }","variables":{"x":${deep}}}`, undefined],
      ['extensions as deep as fits', `{"query":"{ __typename }","extensions":{"x":${deep}}}`, undefined],
      ['an id as deep as fits', `{"query":"${ROWS[bff.client]}","variables":{"id":${deep}}}`, 'BAD_USER_INPUT'],
      ['nothing but brackets', '['.repeat(100_000), 'BAD_REQUEST'],
      [
        'thousands of variables',
        `{"query":"{ __typename }","variables":{${Array.from({ length: 9_000 }, (_, n) => `"v${n}":1`)}}}`,
        undefined,
      ],
      [
        'the name of an operation',
        JSON.stringify({ query: '{ __typename }', operationName: 'x'.repeat(90_000) }),
        'OPERATION_RESOLUTION_FAILURE',
      ],
    ])('harms nobody: %s', async (_what, body, code) => {
      const { errors } = await post(body);
      expect(errors[0]?.extensions.code).toBe(code);
      for (const line of running.logged) expect(JSON.stringify(line).length).toBeLessThan(4_000);
    });

    test('fails alone where it fits here, and not into the head of a call', async () => {
      const [[screen, variables] = ['', {}]] = Object.entries(bff.examples);
      const search = new URLSearchParams(Object.entries(variables).map(([name, value]) => [name, String(value)]));
      const start = head('GET', `Traceparent: 01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-`);
      const address = start.replace('/graphql', `/screens/${screen}?${search}`);
      const long = `${address}${'c'.repeat(8_000)}\r\nBaggage: `;
      for (let time = 0; time < 40; time += 1) {
        const answer = await sendRaw(running.url, `${long}${'d'.repeat(16_350 - long.length)}\r\n\r\n`);
        expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*"SERVICE_REJECTED"/);
      }
      for (const name of ['members', 'loans', 'library'] as const)
        expect(running.load(name).isCircuitClosed).toBe(true);
    });

    test.each(['x'.repeat(513), 'x'.repeat(90_000), '1'.repeat(90_000)])('asks for no row: an id', async (id) => {
      const { data, errors } = await running.query(ROWS[bff.client] ?? '', { id });
      expect(Object.values(data)).toEqual([null]);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(service.arrived).toEqual([]);
    });
  });
});
