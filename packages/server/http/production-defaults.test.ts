import { ask, type Reply } from '@facet/testing/internal/ask.ts';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bff } from './bff.ts';

const PROXY = '127.0.0.1';
const STRANGER = '127.0.0.2';
const JSON_BODY = { 'content-type': 'application/json' };
const JWT = {
  IDENTITY: 'jwt',
  JWKS_URL: 'http://127.0.0.1:1/jwks.json',
  JWT_ISSUER: 'https://login.internal',
  JWT_AUDIENCE: 'web',
};

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService((_request, response) =>
    response.writeHead(500).end('at Object.<anonymous> (x.js)'),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

const start = (environment: Record<string, string>, bff: Bff = web) =>
  startBff(bff, { members: service.url, loans: service.url, library: service.url }, environment);

/** What each route answers: in development to a trusted proxy and a stranger, in production to the same two. */
const ROUTES: readonly {
  readonly route: string;
  readonly body?: string;
  readonly development: readonly [number, number];
  readonly production: readonly [number, number];
}[] = [
  { route: 'GET /healthz', development: [200, 200], production: [200, 200] },
  { route: 'GET /readyz', development: [200, 200], production: [200, 200] },
  { route: 'GET /metrics', development: [200, 200], production: [200, 404] },
  { route: 'HEAD /metrics', development: [200, 200], production: [200, 404] },
  { route: 'GET /METRICS/', development: [200, 200], production: [200, 404] },
  { route: 'POST /metrics', development: [404, 404], production: [404, 404] },
  { route: 'GET /', development: [200, 200], production: [404, 404] },
  { route: 'GET /sandbox/config.json', development: [200, 200], production: [404, 404] },
  { route: 'GET /sandbox/fields.json', development: [200, 200], production: [404, 404] },
  { route: 'POST /sandbox/cost', body: '{"query":"{__typename}"}', development: [200, 200], production: [404, 404] },
  { route: 'POST /sandbox/drills', body: '[]', development: [200, 200], production: [404, 404] },
  { route: 'GET /debug/pprof', development: [404, 404], production: [404, 404] },
  { route: 'GET /.env', development: [404, 404], production: [404, 404] },
  { route: 'POST /graphql', body: '{"query":"{__typename}"}', development: [200, 401], production: [200, 401] },
];

/** The answer without what differs between any two answers. */
const comparable = ({ status, headers: { date: _, ...headers }, text }: Reply) => ({ status, headers, text });

describe.each(['development', 'production'] as const)('in %s', (environment) => {
  let running: RunningBff;
  beforeAll(async () => {
    running = await start({ NODE_ENV: environment, TRUSTED_PROXIES: PROXY });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test.each(ROUTES)('$route', async ({ route, body, ...expected }) => {
    const [method = '', path = ''] = route.split(' ');
    const headers = { 'x-member-id': 'm_42', ...(body === undefined ? {} : JSON_BODY) };
    const request = { method, headers, ...(body === undefined ? {} : { body }) };
    const statuses = [PROXY, STRANGER].map(async (localAddress) => {
      const { status } = await ask(running.url + path, { ...request, localAddress });
      return status;
    });
    expect(await Promise.all(statuses)).toEqual(expected[environment]);
  });

  test('health routes say one word about the process', async () => {
    expect((await ask(`${running.url}/healthz`)).text).toBe('{"status":"ok"}');
    expect((await ask(`${running.url}/readyz`)).text).toBe('{"status":"ready"}');
  });

  test('a failing service shows neither its text nor a stack', async () => {
    const { text, errors } = await running.screen('LoanPage', { id: 'l_7' });
    expect(errors[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
    expect(text).not.toMatch(/anonymous|stack|127\.0\.0\.1|at /);
  });
});

describe('in production', () => {
  test('a peer that may not read /metrics gets what an unknown route gets, whatever it claims', async () => {
    await using running = await start({ NODE_ENV: 'production', TRUSTED_PROXIES: PROXY });
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded']) {
      const headers = { [name]: name === 'forwarded' ? `for=${PROXY}` : PROXY, 'x-request-id': 'same' };
      const from = { headers, localAddress: STRANGER };
      const metrics = await ask(`${running.url}/metrics`, from);
      expect(metrics.status).toBe(404);
      expect(comparable(metrics)).toEqual(comparable(await ask(`${running.url}/unknown`, from)));
    }
  });

  test('with tokens, /metrics is for TRUSTED_PROXIES, and without them for nobody', async () => {
    await using proxied = await start({ NODE_ENV: 'production', ...JWT, TRUSTED_PROXIES: PROXY });
    expect((await ask(`${proxied.url}/metrics`)).status).toBe(200);
    expect((await ask(`${proxied.url}/metrics`, { localAddress: STRANGER })).status).toBe(404);
    await using alone = await start({ NODE_ENV: 'production', ...JWT, TRUSTED_PROXIES: '' });
    expect((await ask(`${alone.url}/metrics`)).status).toBe(404);
  });

  test('the sandbox’s headers change nothing: no explanation, no injected fault', async () => {
    await using development = await start({});
    const body = JSON.stringify([{ service: 'loans', kind: 'down', ms: 0 }]);
    const signed = await ask(`${development.url}/sandbox/drills`, { method: 'POST', headers: JSON_BODY, body });
    const headers = { 'x-facet-explain': '1', 'x-facet-drill': JSON.parse(signed.text).header };
    await using running = await start({ NODE_ENV: 'production' });
    const { text } = await running.screen('LoanPage', { id: 'l_7' }, headers);
    expect(JSON.parse(text)).not.toHaveProperty('extensions');
    expect(service.arrived.at(-1)?.url).toContain('l_7');
  });

  test('Server-Timing names times of services, and no address, key or identity', async () => {
    await using running = await start({ NODE_ENV: 'production' });
    const { headers } = await running.screen('LoanPage', { id: 'l_7' });
    expect(headers.get('server-timing')).toMatch(/^total;dur=[\d.]+(, [a-z]+;dur=[\d.]+)*$/);
  });

  test('a locked schema runs no ad-hoc document, and a public one answers introspection', async () => {
    const introspection = '{ __schema { queryType { name } } }';
    await using locked = await start({ NODE_ENV: 'production' });
    expect((await locked.query(introspection)).errors[0]?.extensions.code).toBe('SCREEN_NOT_FOUND');
    await using open = await start({ NODE_ENV: 'production' }, partner);
    expect((await open.query(introspection)).data.__schema.queryType.name).toBe('Query');
  });
});

const run = runsScripts();

test.each([
  [{}, true],
  [{ METRICS: 'off' }, false],
  [{ METRICS_PORT: '0' }, false],
  [{ TRUSTED_PROXIES: PROXY }, false],
])('a server whose metrics nobody can read says so at the start: %j', async (environment, isTold) => {
  const { child, port, ended } = run('bffs/web/main.ts', { NODE_ENV: 'production', PORT: '0', ...JWT, ...environment });
  await port;
  child.kill('SIGTERM');
  expect((await ended).output.includes('nobody can read /metrics')).toBe(isTold);
});
