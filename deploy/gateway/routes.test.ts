import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { securityHeaders } from '@facet/server/internal/http/output/security-headers.ts';

import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CLIENTS } from '../../examples/testing/clients.ts';
import { AUDIENCES, type RunningGateway, startGateway, testedHaproxy } from './testing/gateway.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PAGE = 'https://app.example.com';

const haproxy = testedHaproxy();

test('no schema has mutations, because the gateway retries requests', () => {
  const schemas = readdirSync(`${ROOT}schemas`).map((file) => readFileSync(`${ROOT}schemas/${file}`, 'utf8'));
  expect(schemas.length).toBeGreaterThan(2);
  for (const schema of schemas) expect(schema).not.toMatch(/\btype Mutation\b|\bmutation:/);
});

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('the gateway', () => behind(haproxy));

function behind(binary: string): void {
  const bffs: Record<string, LocalService> = {};
  let gateway: RunningGateway;
  let authorization = '';
  beforeAll(async () => {
    const servers: Record<string, string[]> = {};
    for (const { client } of CLIENTS) {
      const bff = await startLocalService((_request, response) => json(response, { data: { client } }));
      bffs[client] = bff;
      servers[client] = [bff.url.slice('http://'.length)];
    }
    gateway = await startGateway(binary, servers, { GATEWAY_ORIGINS: `https://other.example.com ${PAGE}` });
    authorization = `Bearer ${await gateway.token()}`;
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    for (const bff of Object.values(bffs)) await bff[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    for (const { arrived } of Object.values(bffs)) arrived.length = 0;
  });

  const arrived = () => Object.values(bffs).flatMap((bff) => bff.arrived.filter(({ url }) => url !== '/readyz'));
  const theOne = () => {
    const [request, ...others] = arrived();
    if (!request || others.length > 0) throw new Error(`${arrived().length} have arrived.`);
    return request;
  };

  describe('headers that only the gateway may set', () => {
    const SPOOFED = ['X-User-Id', 'x-user-id', 'X-Partner-Id', 'X_User_Id', 'x_partner_id', 'X-User_Id', 'X-USER-ID'];

    test.each(SPOOFED)('%s is removed from requests', async (name) => {
      const headers = ['authorization', authorization, name, 'u_1', name, 'u_2'];
      expect((await gateway.ask('/web/graphql', { headers })).status).toBe(200);
      const { headers: got } = theOne();
      const identities = Object.entries(got).filter(([key]) => /^x[-_](user|partner)[-_]id$/.test(key));
      expect(identities).toEqual([['x-user-id', 'u_42']]);
    });

    test('Connection cannot remove them', async () => {
      const head = ['GET /web/graphql HTTP/1.1', 'Host: localhost', `Authorization: ${authorization}`];
      const answer = await gateway.write([...head, 'Connection: close, X-User-Id', '', ''].join('\r\n'));
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(theOne().headers['x-user-id']).toBe('u_42');
    });

    const raw = (...lines: readonly string[]) =>
      ['POST /web/graphql HTTP/1.1', 'Host: localhost', `Authorization: ${authorization}`, ...lines, '', ''].join(
        '\r\n',
      );

    test.each([
      ['a space before the colon', ['X-User-Id : u_1']],
      ['a tab before the colon', ['X-User-Id\t: u_1']],
      ['a control character in it', ['X-User\x01-Id: u_1']],
      ['two lengths of a body', ['Content-Length: 0', 'Content-Length: 30']],
      ['a length that is no number', ['Content-Length: +2']],
    ])('variants of their names are removed: %s', async (_what, lines) => {
      expect(await gateway.write(raw('Connection: close', ...lines))).toMatch(/^HTTP\/1\.1 400 /);
      expect(arrived()).toEqual([]);
    });

    test.each([
      ['after half a line break', ['X-Other: a\nX-User-Id: u_1']],
      ['where a line goes on', ['X-Other: a', ' X-User-Id: u_1']],
    ])('%s is removed', async (_what, lines) => {
      expect(await gateway.write(raw(...lines, 'Connection: close'))).toMatch(/^HTTP\/1\.1 200 /);
      expect(theOne().headers['x-user-id']).toBe('u_42');
    });

    test('a second request in a body is not executed', async () => {
      const smuggled = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-User-Id: u_1\r\n\r\n';
      const body = `0\r\n\r\n${smuggled}`;
      const both = ['Connection: close', 'Transfer-Encoding: chunked', `Content-Length: ${body.length}`];
      await gateway.write(`${raw(...both)}${body}`);
      expect(arrived().map(({ url, body: got, headers }) => [url, got, headers['x-user-id']])).toEqual([
        ['/graphql', '', 'u_42'],
      ]);
    });

    test('Connection is removed', async () => {
      await gateway.write(raw('Connection: close, X-User-Id, Authorization'));
      const { connection, 'x-user-id': user } = theOne().headers;
      expect(user).toBe('u_42');
      expect(String(connection)).not.toMatch(/user|authorization/i);
    });

    test('forwarding headers and the sandbox’s headers are removed', async () => {
      const headers = {
        authorization,
        forwarded: 'for=10.0.0.1',
        'x-forwarded-for': '10.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'elsewhere',
        'x-real-ip': '10.0.0.1',
        'x-facet-drill': 'x',
        'x-facet-explain': '1',
        'accept-language': 'de-DE',
      };
      expect((await gateway.ask('/web/graphql', { headers })).status).toBe(200);
      const got = theOne().headers;
      expect(got).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
      expect(got['accept-language']).toBe('de-DE');
      const others = ['forwarded', 'x-forwarded-host', 'x-real-ip', 'x-facet-drill', 'x-facet-explain'];
      expect(others.filter((name) => name in got)).toEqual([]);
    });
  });

  describe('X-Request-Id', () => {
    test.each(['a', 'A-b_c.d:e=f+g/h', 'x'.repeat(128)])('is kept: %s', async (id) => {
      const headers = { authorization, 'x-request-id': id };
      expect((await gateway.ask('/web/graphql', { headers })).headers['x-request-id']).toBe(id);
      expect(theOne().headers['x-request-id']).toBe(id);
    });

    test.each([[[]], [['']], [['a b']], [['a"b']], [['a,b']], [['a;b']], [['x'.repeat(129)]], [['a', 'b']]])(
      'is made in the place of %j',
      async (ids) => {
        const headers = ['authorization', authorization, ...ids.flatMap((id) => ['x-request-id', id])];
        const answer = await gateway.ask('/web/graphql', { headers });
        expect(answer.headers['x-request-id']).toMatch(UUID);
        expect(theOne().headers['x-request-id']).toBe(answer.headers['x-request-id']);
      },
    );

    test('is on the gateway’s own responses', async () => {
      const headers = { 'x-request-id': 'mine' };
      const { status, headers: answered, text } = await gateway.ask('/web/graphql', { headers });
      expect({ status, id: answered['x-request-id'] }).toEqual({ status: 401, id: 'mine' });
      expect(JSON.parse(text).errors[0].extensions.requestId).toBe('mine');
    });
  });

  describe('routing', () => {
    test.each([
      ['/mobile/graphql?query={a}', 'localhost', 'mobile', '/graphql?query={a}'],
      ['/web/screens/Dashboard?first=2', 'api.example.com', 'web', '/screens/Dashboard?first=2'],
      ['/graphql', 'mobile.example.com', 'mobile', '/graphql'],
      ['/screens/Home', 'WEB.example.com:8080', 'web', '/screens/Home'],
    ])('%s at %s goes to %s', async (path, host, client, url) => {
      const { text } = await gateway.ask(path, { headers: { authorization, host } });
      expect(JSON.parse(text)).toEqual({ data: { client } });
      expect(theOne().url).toBe(url);
    });

    test('partner by host name or path', async () => {
      const token = `Bearer ${await gateway.token({ aud: AUDIENCES.partners, sub: 'pa_1' })}`;
      for (const [path, host] of [
        ['/partner/graphql', 'localhost'],
        ['/graphql', 'partner.example.com'],
      ] as const) {
        const { text } = await gateway.ask(path, { headers: { authorization: token, host } });
        expect(JSON.parse(text)).toEqual({ data: { client: 'partner' } });
      }
    });

    test('forwards the body', async () => {
      const body = JSON.stringify({ query: '{ home { greeting } }' });
      const headers = { authorization, 'content-type': 'application/json' };
      expect((await gateway.ask('/mobile/graphql', { method: 'POST', headers, body })).status).toBe(200);
      expect(theOne()).toMatchObject({ method: 'POST', url: '/graphql', body });
    });

    test.each([
      ['/'],
      ['/metrics'],
      ['/graphql'],
      ['/tv/graphql'],
      ['/mobile'],
      ['/mobile/'],
      ['/mobile/metrics'],
      ['/mobile/healthz'],
      ['/mobile/readyz'],
      ['/mobile/sandbox/fields.json'],
      ['/mobile/graphql/'],
      ['/mobile//graphql'],
      ['/mobile/web/graphql'],
      ['/mobile/%67raphql'],
      ['/mobile/screens/'],
      ['/mobile/screens/../metrics'],
      ['/mobile/screens/Home/..'],
      ['/mobile/screens/%2e%2e'],
    ])('%s is 404', async (path) => {
      const { status, text } = await gateway.ask(path, { headers: { authorization } });
      expect(status).toBe(404);
      expect(JSON.parse(text).errors[0]).toMatchObject({
        message: 'There is nothing here.',
        extensions: { code: 'BAD_REQUEST' },
      });
      expect(arrived()).toEqual([]);
    });

    test('the sandbox and the metrics are 404 by host name too', async () => {
      for (const path of ['/', '/metrics', '/sandbox/fields.json', '/mobile/graphql']) {
        const { status } = await gateway.ask(path, { headers: { authorization, host: 'mobile.example.com' } });
        expect(status).toBe(404);
      }
    });

    test.each<[number, string, 'GET' | 'DELETE']>([
      [404, '/metrics', 'GET'],
      [405, '/mobile/graphql', 'DELETE'],
      [431, `/mobile/graphql?q=${'x'.repeat(9_000)}`, 'GET'],
      [401, '/mobile/graphql', 'GET'],
    ])('the gateway’s own %i response has the BFFs’ security headers', async (expected, path, method) => {
      const headers = expected === 401 ? {} : { authorization };
      const answer = await gateway.ask(path, { method, headers });
      expect(answer.status).toBe(expected);
      const own = Object.entries(securityHeaders({ isPublic: false })).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]);
      expect(own.length).toBeGreaterThan(4);
      expect(answer.headers).toMatchObject(Object.fromEntries(own));
      expect(arrived()).toEqual([]);
    });

    test('a BFF’s response keeps its own security headers', async () => {
      const { status, headers } = await gateway.ask('/mobile/graphql', { headers: { authorization } });
      expect(status).toBe(200);
      expect(headers).not.toHaveProperty('content-security-policy');
    });

    test('DELETE is 405', async () => {
      const answer = await gateway.ask('/mobile/graphql', { method: 'DELETE', headers: { authorization } });
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('GET, HEAD, POST');
    });
  });

  describe('a page on another origin', () => {
    const preflight = { origin: PAGE, 'access-control-request-method': 'POST' };

    test('preflights need no token and have no identity', async () => {
      const headers = { ...preflight, 'x-user-id': 'u_1' };
      expect((await gateway.ask('/web/graphql', { method: 'OPTIONS', headers })).status).toBe(200);
      expect(theOne()).toMatchObject({ method: 'OPTIONS', url: '/graphql' });
      expect(theOne().headers).not.toHaveProperty('x-user-id');
    });

    test('all other requests need a token', async () => {
      const posted = await gateway.ask('/web/graphql', { method: 'POST', headers: preflight, body: '{}' });
      const noQuestion = await gateway.ask('/web/graphql', { method: 'OPTIONS', headers: { origin: PAGE } });
      expect([posted.status, noQuestion.status]).toEqual([401, 401]);
      expect(arrived()).toEqual([]);
    });

    test('can read the gateway’s own responses if its origin is allowed', async () => {
      const { status, headers } = await gateway.ask('/web/graphql', { headers: { origin: PAGE } });
      expect(status).toBe(401);
      expect(headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'X-Request-Id, Retry-After, WWW-Authenticate',
        vary: 'Origin',
      });
      // What a BFF does not let it read, it does not read here either: each has origins of its own.
      const { status: answered, headers: ofBff } = await gateway.ask('/web/graphql', {
        headers: { origin: PAGE, authorization },
      });
      expect(answered).toBe(200);
      expect(Object.keys(ofBff).filter((name) => name.startsWith('access-control'))).toEqual([]);
      const other = await gateway.ask('/web/graphql', { headers: { origin: 'https://evil.example.com' } });
      expect(Object.keys(other.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    });
  });
}
