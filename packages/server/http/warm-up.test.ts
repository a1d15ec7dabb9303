import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { startIssuer } from '@facet/testing/internal/issuer.ts';
import { servicesAt } from '@facet/testing/internal/request.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { until } from '@facet/testing/internal/until.ts';
import { describe, expect, test } from '@jest/globals';
import { createApp } from './app.ts';
import { createHttpServer } from './server/http-server.ts';
import { readSettings } from './settings/settings.ts';
import { WarmUp } from './start-up.ts';

describe('the steps before a server is ready', () => {
  test('run one after the other', async () => {
    const warmUp = new WarmUp();
    const events: string[] = [];
    for (const name of ['first', 'second']) {
      warmUp.add(async () => {
        events.push(`${name} begins`);
        await Promise.resolve();
        events.push(`${name} ends`);
      });
    }
    await warmUp.run();
    expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  test('fail the start where one fails', async () => {
    const warmUp = new WarmUp();
    warmUp.add(() => Promise.reject(new Error('not there')));
    warmUp.add(() => Promise.reject(new Error('not reached')));
    await expect(warmUp.run()).rejects.toThrow('not there');
  });
});

test.each(['open', 'warn', 'locked'])(
  'with DOCUMENTS=%s a server is ready after its steps, and live before',
  async (DOCUMENTS) => {
    const warmUp = new WarmUp();
    const readiness: { state: 'starting' | 'ready' } = { state: 'starting' };
    const services = servicesAt('http://127.0.0.1:1');
    const settings = readSettings({ DOCUMENTS }, web);
    const server = createHttpServer(createApp(web, settings, services, collectLog().log, { readiness, warmUp }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const statusOf = async (path: string) => (await fetch(url + path)).status;
    const held = Promise.withResolvers<void>();
    warmUp.add(() => held.promise);
    const done = warmUp.run();
    expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 503]);
    held.resolve();
    await done;
    readiness.state = 'ready';
    expect(await statusOf('/readyz')).toBe(200);
    server.close();
    server.closeAllConnections();
  },
);

const run = runsScripts();
const TELLING = { NODE_OPTIONS: '--import @facet/testing/internal/tell-loaded.ts', PORT: '0' };

/** What a process had loaded by the time it was ready. */
async function loadedAtReady(script: string, environment: Record<string, string>): Promise<string> {
  const { child, port, ended } = run(script, { ...TELLING, ...environment });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  }
  await port;
  const atReady = printed;
  child.kill('SIGTERM');
  await ended;
  return atReady;
}

const APOLLO = /^loaded .*\/@apollo\/server\//m;
const PROMETHEUS = /^loaded .*\/prom-client\//m;

test.each([
  ['open', true],
  ['warn', true],
  ['locked', false],
])('with DOCUMENTS=%s Apollo Server is loaded before the server is ready: %s', async (DOCUMENTS, isLoaded) => {
  const loaded = await loadedAtReady('bffs/web/main.ts', { DOCUMENTS });
  expect(APOLLO.test(loaded)).toBe(isLoaded);
  expect(loaded).toMatch(PROMETHEUS);
});

test('without metrics their page is not loaded', async () => {
  const loaded = await loadedAtReady('bffs/web/main.ts', { DOCUMENTS: 'locked', METRICS: 'off' });
  expect(loaded).not.toMatch(PROMETHEUS);
});

test('with tokens the issuer has been asked for its keys before the server is ready, though it has none to give', async () => {
  await using issuer = await startIssuer();
  const environment = {
    IDENTITY: 'jwt',
    JWKS_URL: issuer.url,
    JWT_ISSUER: 'https://login.internal',
    JWT_AUDIENCE: 'web',
  };
  const loaded = await loadedAtReady('bffs/web/main.ts', { ...environment, DOCUMENTS: 'locked' });
  expect(issuer.fetches).toBe(1);
  expect(loaded).toMatch(/^loaded .*\/jose\//m);
});

test('the first requests of a process are answered, ad-hoc ones too, however many come at once', async () => {
  const port = await freePort();
  const { child, ended } = run('bffs/web/main.ts', { PORT: String(port), SANDBOX: 'off' });
  const url = `http://127.0.0.1:${port}`;
  await until(() =>
    fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  const body = JSON.stringify({ query: '{ __typename }' });
  const headers = { 'content-type': 'application/json', 'x-member-id': 'm_42' };
  const answers = Array.from({ length: 8 }, () => fetch(`${url}/graphql`, { method: 'POST', headers, body }));
  const texts = await Promise.all(answers.map(async (answer) => (await answer).text()));
  expect(texts).toEqual(Array(8).fill('{"data":{"__typename":"Query"}}'));
  child.kill('SIGTERM');
  expect((await ended).exitCode).toBe(0);
});
