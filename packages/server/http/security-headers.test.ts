import { once } from 'node:events';
import type { RequestOptions, Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ask } from '@facet/testing/internal/ask.ts';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { MetricsPage } from '../telemetry/metrics-page.ts';
import { errorBoundary } from './output/error-boundary.ts';
import { securityHeaders, sendAlways } from './output/security-headers.ts';
import { createMetricsServer } from './routes/metrics.ts';
import { createHttpServer } from './server/http-server.ts';

const ORIGIN = 'https://app.example.com';
const SECURED = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

let services: ReferenceServices;
let running: RunningBff;
beforeAll(async () => {
  services = await startReferenceServices();
  running = await startBff(web, services.urls, { ALLOWED_ORIGINS: ORIGIN });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

const CALLER = { 'x-member-id': 'm_42' };
const JSON_BODY = { ...CALLER, 'content-type': 'application/json' };
const PREFLIGHT = { 'apollo-require-preflight': '1' };
const QUERY = '/graphql?query={__typename}';
const BOOK = '/screens/BookPage?id=b_7';

function post(body: string, headers: Record<string, string> = {}) {
  return {
    method: 'POST',
    headers: { ...JSON_BODY, 'content-length': String(Buffer.byteLength(body)), ...headers },
    body,
  };
}

/** Headers of an answer by their names, each with all its values. */
function expectSecured(headers: NodeJS.Dict<string | string[]>, more: Record<string, unknown> = {}): void {
  expect(headers).toMatchObject({ ...SECURED, ...more });
  for (const absent of ['x-powered-by', 'server', 'strict-transport-security'])
    expect(headers).not.toHaveProperty(absent);
}

test.each<[number, string, string, RequestOptions & { body?: string }]>([
  [200, 'a screen by its text', '/graphql', post('{"query":"{ __typename }"}')],
  [200, 'an operation by GET', QUERY, { headers: { ...CALLER, ...PREFLIGHT } }],
  [200, 'a screen by its name', BOOK, { headers: CALLER }],
  [200, 'a large answer, encoded', '/screens/Dashboard', { headers: { ...CALLER, 'accept-encoding': 'br' } }],
  [200, 'an answer that a page of another origin may read', BOOK, { headers: { ...CALLER, origin: ORIGIN } }],
  [200, 'the head alone', BOOK, { method: 'HEAD', headers: CALLER }],
  [204, 'what a browser asks first', '/graphql', { method: 'OPTIONS', headers: { origin: ORIGIN } }],
  [200, 'health', '/healthz', {}],
  [200, 'readiness', '/readyz', {}],
  [200, 'metrics', '/metrics', {}],
  [400, 'malformed JSON', '/graphql', post('{')],
  [400, 'a variable that is none', '/screens/Dashboard?first=many', { headers: CALLER }],
  [400, 'a GET that could be a form’s', QUERY, { headers: CALLER }],
  [400, 'an address that cannot be decoded', '/screens/%', { headers: CALLER }],
  [401, 'nobody', BOOK, {}],
  [404, 'a screen that is none', '/screens/Nothing', { headers: CALLER }],
  [404, 'nothing', '/nothing', {}],
  [405, 'a method of another kind', '/graphql', { method: 'DELETE', headers: CALLER }],
  [406, 'a page', BOOK, { headers: { ...CALLER, accept: 'text/html' } }],
  [413, 'a body that is too large', '/graphql', post(`"${'x'.repeat(200_000)}"`)],
  [415, 'a form', '/graphql', post('query=x', { 'content-type': 'application/x-www-form-urlencoded' })],
  [417, 'an expectation that Node refuses', '/healthz', { headers: { expect: 'the-unexpected' } }],
])('%d: %s', async (status, _what, path, options) => {
  const answer = await ask(running.url + path, options);
  expect(answer.status).toBe(status);
  expectSecured(answer.headers);
});

test('304: what the caller has', async () => {
  const { headers } = await ask(running.url + BOOK, { headers: CALLER });
  const again = await ask(running.url + BOOK, { headers: { ...CALLER, 'if-none-match': String(headers.etag) } });
  expect(again.status).toBe(304);
  expectSecured(again.headers);
});

test('503: one too many', async () => {
  await using busy = await startBff(web, services.urls, { MAX_IN_FLIGHT: '1' });
  let go = () => {};
  services.gate = () =>
    new Promise((resolve) => {
      go = resolve;
    });
  services.arrived.length = 0;
  const first = ask(busy.url + BOOK, { headers: CALLER });
  await until(() => services.arrived.length === 1);
  const second = await ask(busy.url + BOOK, { headers: CALLER });
  services.gate = () => {};
  go();
  expect([(await first).status, second.status]).toEqual([200, 503]);
  expectSecured(second.headers);
});

/** A server on a free port until the test is over, however it ends. */
async function listening(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends bytes that no client would, and reads the headers of what comes back. */
async function raw(bytes: string): Promise<{ status: string; headers: Record<string, string> }> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  socket.write(bytes);
  const [head = ''] = (await text(socket)).split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line) => line.split(': '));
  return { status, headers: Object.fromEntries(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value])) };
}

test.each([
  [400, 'what is no request', 'rubbish\r\n\r\n'],
  [400, 'a request to no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  [401, 'an identity that is no text', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Member-Id: \u0001\r\n\r\n'],
  [431, 'headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Other: ${'x'.repeat(20_000)}\r\n\r\n`],
])('%d: %s, which no route ever sees', async (status, _what, bytes) => {
  const answer = await raw(bytes);
  expect(answer.status).toMatch(`HTTP/1.1 ${status} `);
  expectSecured(answer.headers);
});

test('500: what nobody expected, whoever writes the answer', async () => {
  const app = express();
  app.disable('x-powered-by');
  sendAlways(app, securityHeaders({ isPublic: false }));
  const fail: RequestHandler = () => {
    throw new Error('out of order');
  };
  app.get('/masked', fail, errorBoundary(collectLog().log));
  app.get('/bare', (_request, response) => {
    response.writeHead(500).end();
  });
  app.get('/worded', (_request, response) => {
    response.writeHead(500, 'Out of order', { 'X-Own': '1' }).end();
  });
  await using server = await listening(createHttpServer(app));
  for (const path of ['/masked', '/bare', '/worded']) {
    const answer = await ask(server.url + path);
    expect(answer.status).toBe(500);
    expectSecured(answer.headers, path === '/worded' ? { 'x-own': '1' } : {});
  }
});

test.each(['/metrics', '/nothing'])('%s on the port for metrics', async (path) => {
  await using server = await listening(createMetricsServer(new MetricsPage()));
  const answer = await ask(server.url + path);
  // Express' own page for what is not there has a policy that is no less strict.
  const policy = expect.stringContaining("default-src 'none'");
  expectSecured(answer.headers, { 'content-security-policy': policy });
});

describe('the sandbox', () => {
  const OWN = { 'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/) };

  test.each([
    ['/', {}],
    ['/sandbox/config.json', {}],
    ['/sandbox/fields.json', {}],
    ['/sandbox/cost', post('{"query":"{ __typename }"}')],
    ['/sandbox/drills', post('[]')],
  ])('%s has a policy of its own, and the rest of them', async (path, options) => {
    const answer = await ask(running.url + path, options);
    expect(answer.status).toBe(200);
    expectSecured(answer.headers, OWN);
    expect(answer.headers['content-security-policy']).not.toBe(SECURED['content-security-policy']);
  });

  test('its files, too', async () => {
    const page = await ask(`${running.url}/`);
    const files = Array.from(page.text.matchAll(/(?:src|href)="\.(\/[^"]+)"/g), ([, path = '']) => path);
    expect(files.length).toBeGreaterThan(1);
    for (const path of files) {
      const answer = await ask(running.url + path);
      expect(answer.status).toBe(200);
      expectSecured(answer.headers, OWN);
    }
  });

  test('what is refused there is no page', async () => {
    for (const [path, options] of [
      ['/sandbox/cost', post('{')],
      ['/sandbox/nothing', {}],
    ] as const) {
      expectSecured((await ask(running.url + path, options)).headers);
    }
  });
});

test('browsers are told to come by HTTPS alone where they do, and not for other hosts', async () => {
  await using production = await startBff(web, services.urls, { NODE_ENV: 'production' });
  for (const path of [BOOK, '/healthz', '/nothing']) {
    const { headers } = await ask(production.url + path, { headers: CALLER });
    expect(headers).toMatchObject({ ...SECURED, 'strict-transport-security': 'max-age=31536000' });
  }
});
