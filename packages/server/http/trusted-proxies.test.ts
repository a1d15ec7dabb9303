import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { ask } from '@facet/testing/internal/ask.ts';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UnauthenticatedError } from '../request/errors.ts';
import { identifyByHeader } from './identity/identify.ts';
import { addressesOf, networkIn } from './identity/networks.ts';

const GATEWAY = '127.0.0.1';
const STRANGER = '127.0.0.2';
const WARNING = 40;

describe.each(CLIENTS)('$client', (bff) => {
  let service: LocalService;
  let running: RunningBff;
  beforeAll(async () => {
    service = await startLocalService((_request, response) => response.writeHead(500).end());
    const urls = { members: service.url, loans: service.url, library: service.url };
    running = await startBff(bff, urls, { TRUSTED_PROXIES: `10.0.0.0/8,${GATEWAY}` });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    service.arrived.length = 0;
    running.logged.splice(0);
  });

  const identity = { [bff.identity.header]: bff.identity.exampleId };
  const [screen = ''] = Object.keys(bff.examples);
  const search = new URLSearchParams(bff.examples[screen] as Record<string, string>);
  const body = JSON.stringify({ query: '{ __typename }' });
  const DOORS = [
    { door: 'POST /graphql', path: '/graphql', method: 'POST', more: { 'content-type': 'application/json' }, body },
    {
      door: 'GET /graphql',
      path: '/graphql?query={__typename}',
      method: 'GET',
      more: { 'apollo-require-preflight': '1' },
    },
    { door: 'GET /screens', path: `/screens/${screen}?${search}`, method: 'GET', more: {} },
    // As the sandbox's page asks.
    {
      door: 'an explained POST',
      path: '/graphql',
      method: 'POST',
      more: { 'content-type': 'application/json', 'x-facet-explain': '1' },
      body,
    },
  ];

  test.each(DOORS)('$door is open to the gateway alone', async ({ path, more, door: _, ...options }) => {
    const headers = { ...more, ...identity, 'x-request-id': 'same' };
    const answerTo = (localAddress: string, its: Record<string, string> = headers) =>
      ask(running.url + path, { ...options, headers: its, localAddress });
    expect(await answerTo(GATEWAY)).toMatchObject({ status: 200 });
    service.arrived.length = 0;
    const { headers: _headers, ...refused } = await answerTo(STRANGER);
    expect(refused.status).toBe(401);
    expect(service.arrived).toEqual([]);
    // Nothing tells it from an answer to somebody who says nothing of who it is.
    const { headers: __, ...unknown } = await answerTo(GATEWAY, { ...more, 'x-request-id': 'same' });
    expect(refused).toEqual(unknown);
  });

  test('what a stranger says of where it came from is not heeded', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'client-ip']) {
      const headers = { ...identity, [name]: name === 'forwarded' ? `for=${GATEWAY}` : GATEWAY };
      const answer = await ask(`${running.url}/screens/${screen}?${search}`, { headers, localAddress: STRANGER });
      expect(answer.status).toBe(401);
    }
  });

  test('a stranger who claims to be somebody is told of, the first, tenth and hundredth time', async () => {
    const url = `${running.url}/screens/${screen}`;
    for (let times = 0; times < 11; times += 1) await ask(url, { headers: identity, localAddress: '127.0.0.3' });
    // Who claims nothing is no news.
    await ask(url, { localAddress: '127.0.0.4' });
    expect(running.logged.filter(({ level }) => Number(level) >= WARNING)).toEqual(
      [1, 10].map((count) => expect.objectContaining({ peer: '127.0.0.3', count })),
    );
    expect(JSON.stringify(running.logged)).not.toContain(bff.identity.exampleId);
  });
});

describe('by the address of the socket alone', () => {
  const networks = ['10.0.0.0/8', 'fd00::/8'].flatMap((network) => networkIn(network) ?? []);
  /** A request on a connection from there, as Node hands it to a server. */
  const from = (remoteAddress: string | undefined, headers = {}) => {
    const socket = Object.create(new Socket(), { remoteAddress: { value: remoteAddress } });
    return Object.assign(new IncomingMessage(socket), { headers: { 'x-member-id': 'm_42', ...headers } });
  };

  test.each(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::7'])('%s is trusted', (address) => {
    const { log, logged } = collectLog();
    expect(identifyByHeader(addressesOf(networks), 'X-Member-Id', log)(from(address))).toEqual({
      header: 'X-Member-Id',
      id: 'm_42',
    });
    expect(logged).toEqual([]);
  });

  test.each(['11.0.0.1', '::ffff:11.0.0.1', 'fe80::1%eth0', '::1', undefined])('%s is not', (address) => {
    const { log, logged } = collectLog();
    const identify = identifyByHeader(addressesOf(networks), 'X-Member-Id', log);
    expect(() => identify(from(address))).toThrow(UnauthenticatedError);
    expect(logged).toMatchObject([{ level: WARNING, count: 1 }]);
  });
});

const run = runsScripts();

test('a server in production does not start without them, and does with them', async () => {
  const { exitCode, output } = await run('bffs/web/main.ts', { NODE_ENV: 'production', PORT: 'many' }).ended;
  expect(exitCode).toBe(1);
  expect(output).toMatch(/PORT: [\s\S]*TRUSTED_PROXIES: required in production/);

  const { child, port, ended } = run('bffs/web/main.ts', {
    NODE_ENV: 'production',
    PORT: '0',
    TRUSTED_PROXIES: GATEWAY,
  });
  // It listens on IPv6 too, by which the gateway's address comes mapped.
  const url = `http://127.0.0.1:${await port}/screens/BookPage`;
  const headers = { 'x-member-id': 'm_42' };
  expect((await ask(url, { headers, localAddress: GATEWAY })).status).toBe(400);
  expect((await ask(url, { headers, localAddress: STRANGER })).status).toBe(401);
  child.kill('SIGTERM');
  expect((await ended).exitCode).toBe(0);
});
