import { Readable } from 'node:stream';
import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AUDIENCES, type RunningGateway, startGateway, testedHaproxy } from './testing/gateway.ts';

/** So long that nothing is forgotten while a test runs. */
const RATE_SECONDS = '3600';
const MAX_BODY_BYTES = 100 * 1024;

const haproxy = testedHaproxy();

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('the gateway bounds', () => behind(haproxy));

function behind(binary: string): void {
  let bff: LocalService;
  beforeAll(async () => {
    bff = await startLocalService(({ body }, response) => json(response, { data: { bytes: body.length } }));
  });
  afterAll(async () => {
    await bff[Symbol.asyncDispose]();
  });

  const start = (settings: Readonly<Record<string, string>> = {}) => {
    const address = bff.url.slice('http://'.length);
    return startGateway(binary, { mobile: [address], web: [address], partner: [address] }, settings);
  };
  const statuses = async (gateway: RunningGateway, path: string, token: string, times: number) => {
    const authorization = `Bearer ${token}`;
    const all: number[] = [];
    for (let count = 0; count < times; count += 1) {
      all.push((await gateway.ask(path, { headers: { authorization } })).status);
    }
    return all;
  };

  test('requests per user, over all clients', async () => {
    await using gateway = await start({ RATE_SECONDS, RATE_PER_USER: '5', RATE_PER_PARTNER: '2' });
    const token = await gateway.token();
    expect(await statuses(gateway, '/mobile/graphql', token, 3)).toEqual([200, 200, 200]);
    expect(await statuses(gateway, '/web/screens/Dashboard', token, 4)).toEqual([200, 200, 429, 429]);

    // Another token of the same user has the same limit; another user has a separate one.
    expect(await statuses(gateway, '/mobile/graphql', await gateway.token({ jti: 'another' }), 1)).toEqual([429]);
    expect(await statuses(gateway, '/mobile/graphql', await gateway.token({ sub: 'u_1' }), 1)).toEqual([200]);
    const namesake = await gateway.token({ aud: AUDIENCES.partners });
    expect(await statuses(gateway, '/partner/graphql', namesake, 3)).toEqual([200, 200, 429]);

    const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'r_1' };
    const { text, headers: answered } = await gateway.ask('/mobile/graphql', { headers });
    expect(answered).toMatchObject({ 'retry-after': RATE_SECONDS, 'content-type': 'application/json' });
    expect(JSON.parse(text)).toEqual({
      errors: [{ message: 'Too many requests.', extensions: { code: 'RATE_LIMITED', requestId: 'r_1' } }],
    });
  });

  test('requests per address, over all tokens', async () => {
    await using gateway = await start({ RATE_SECONDS, RATE_PER_ADDRESS: '20' });
    const right = await gateway.token();
    const all = await statuses(gateway, '/mobile/graphql', 'none', 21);
    expect(all[0]).toBe(401);
    expect(all.at(-1)).toBe(429);
    expect(await statuses(gateway, '/mobile/graphql', right, 1)).toEqual([429]);
  });

  test('connections per address', async () => {
    await using gateway = await start({ CONNS_PER_ADDRESS: '3', REQUEST_TIMEOUT: '300ms' });
    // Of ten that say nothing more, those that are let in are told that they took too long.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => gateway.write('GET / HTTP/1.1\r\n').catch(() => '')),
    );
    const letIn = answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '));
    expect(letIn.length).toBeGreaterThan(0);
    expect(letIn.length).toBeLessThanOrEqual(3);
    expect(answers.filter((answer) => answer === '').length).toBe(10 - letIn.length);
  });

  test('time to receive a request and its body', async () => {
    await using gateway = await start({ REQUEST_TIMEOUT: '300ms' });
    const head = `POST /mobile/graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${await gateway.token()}\r\n`;
    const before = bff.arrived.length;
    for (const text of ['GET /', head]) expect(await gateway.write(text)).toMatch(/^HTTP\/1\.1 408 /);
    const answer = await gateway.write(`${head}Content-Length: 20\r\n\r\n{"query":`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"message":"The request took too long."');
    expect(bff.arrived.slice(before).filter(({ url }) => url !== '/readyz')).toEqual([]);
  });

  describe('sizes', () => {
    let gateway: RunningGateway;
    let authorization = '';
    beforeAll(async () => {
      gateway = await start();
      authorization = `Bearer ${await gateway.token()}`;
    });
    afterAll(async () => {
      await gateway[Symbol.asyncDispose]();
    });

    const post = (body: string | Readable, more: Record<string, string> = {}) =>
      gateway.ask('/web/graphql', { method: 'POST', headers: { authorization, ...more }, body });

    const head = () => `POST /web/graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`;

    test('body with Content-Length', async () => {
      const largest = 'x'.repeat(MAX_BODY_BYTES);
      const taken = await post(largest);
      expect({ status: taken.status, ...JSON.parse(taken.text) }).toEqual({
        status: 200,
        data: { bytes: MAX_BODY_BYTES },
      });
      // It is refused for what it says, before any of it has come.
      const answer = await gateway.write(`${head()}Content-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toContain('{"message":"The body is larger than 100 KB.","extensions":{"code":"BAD_REQUEST",');
    });

    test('chunked body', async () => {
      const chunks = (count: number) => Readable.from(Array.from({ length: count }, () => 'x'.repeat(1_024)));
      expect((await post(chunks(100))).status).toBe(200);
      expect((await post(chunks(101))).status).toBe(413);
      // What has no end is not waited for.
      const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`;
      const answer = await gateway.write(`${head()}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(140)}`);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    });

    test.each(['GET', 'OPTIONS'])('body of %s', async (method) => {
      const preflight = 'Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n';
      const begin = head().replace('POST', method) + (method === 'OPTIONS' ? preflight : '');
      const chunk = `400\r\n${'x'.repeat(1_024)}\r\n`;
      expect(await gateway.write(`${begin}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(140)}`)).toMatch(
        /^HTTP\/1\.1 413 /,
      );
    });

    test('headers', async () => {
      expect((await post('{}', { 'x-large': 'x'.repeat(6_000) })).status).toBe(200);
      const refused = await post('{}', { 'x-large': 'x'.repeat(8_192) });
      expect(refused.status).toBe(431);
      expect(JSON.parse(refused.text).errors[0].message).toBe('The headers are too large.');
    });

    test('URL', async () => {
      const get = (length: number) =>
        gateway.ask(`/web/graphql?query=${'x'.repeat(length)}`, { headers: { authorization } });
      expect((await get(8_000)).status).toBe(200);
      expect((await get(8_192)).status).toBe(431);
    });

    test('parser limits and number of headers', async () => {
      const lines = Array.from({ length: 200 }, (_, index) => `X-${index}: x\r\n`);
      for (const headers of [`X-Large: ${'x'.repeat(135_000)}\r\n`, lines.join('')]) {
        const answer = await gateway.write(`GET /web/graphql HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      }
    });
  });
}
