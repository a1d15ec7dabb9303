import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { REQUEST_LINE } from '@facet/server/internal/telemetry/log.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { type Arrived, json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { until } from '@facet/testing/internal/until.ts';
import { describe, expect, test } from '@jest/globals';
import { startGateway, testedHaproxy } from './testing/gateway.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const AT_ONCE = 8;
/** Answers that there are between one thing that happens to a process and the next. */
const ANSWERS = 50;

const ENVIRONMENT = {
  NODE_ENV: 'production',
  DOCUMENTS: 'open',
  // A gateway sees within two seconds that a process is not ready; on a busy machine it may take many times as long.
  DRAIN_MS: '15000',
  TRUSTED_PROXIES: '127.0.0.0/8',
  // The test's machine may be slow: this is about processes that end, not about speed.
  MAX_LAG_MS: '600000',
  MAX_UTILIZATION: '1',
};
const BODY = JSON.stringify({ query: '{ home { greeting recentOrders { id } promos { id } } }' });

/** Takes a while, so that requests are under way at every moment; promotions are fetched anew at every use. */
const answer: Parameters<typeof startLocalService>[0] = async ({ url, headers }: Arrived, response) => {
  await delay(10);
  if (url.startsWith('/users')) json(response, [{ id: headers['x-user-id'], firstName: 'Ada' }]);
  else json(response, [{ id: 'x_1' }], { 'cache-control': 'public, max-age=0, stale-while-revalidate=60' });
};

const haproxy = testedHaproxy();

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('behind the gateway', () => behind(haproxy));

function behind(binary: string): void {
  const run = runsScripts(ROOT);

  test('no request fails while one process is stopped and another one is killed', async () => {
    await using service = await startLocalService(answer);
    const ports = [await freePort(), await freePort()] as const;
    const start = async (port: number) => {
      const urls = { USERS_URL: service.url, ORDERS_URL: service.url, CATALOG_URL: service.url };
      const process = run('bffs/mobile/main.ts', { ...ENVIRONMENT, ...urls, PORT: String(port) });
      let served = 0;
      process.child.stdout.on('data', (lines) => {
        served += String(lines).split(`"msg":"${REQUEST_LINE}"`).length - 1;
      });
      await process.port;
      return { ...process, served: () => served };
    };
    const [first, second] = await Promise.all(ports.map(start));
    if (!first || !second) throw new Error('There are two.');
    const servers = { mobile: ports.map((port) => `127.0.0.1:${port}`), web: [], partner: [] };
    await using gateway = await startGateway(binary, servers, { GATEWAY_LOG_LEVEL: 'info' });

    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await gateway.token()}` };
    const failures = new Set<string>();
    let answers = 0;
    let isOver = false;
    const client = async () => {
      while (!isOver) {
        const { status, text } = await gateway.ask('/mobile/graphql', { method: 'POST', headers, body: BODY });
        const isWhole = status === 200 && JSON.parse(text).data.home.greeting === 'Hi Ada' && !text.includes('errors');
        if (!isWhole) failures.add(`${status} ${text}`);
        answers += 1;
      }
    };
    const more = (count: number) => {
      const goal = answers + count;
      return until(() => answers >= goal || failures.size > 0);
    };
    const clients = Promise.all(Array.from({ length: AT_ONCE }, client)).catch((error) => failures.add(String(error)));

    await more(ANSWERS);
    first.child.kill('SIGTERM');
    const { exitCode } = await first.ended;
    await more(ANSWERS);
    const third = await start(ports[0]);
    await until(() => third.served() > 0);
    second.child.kill('SIGKILL');
    await second.ended;
    await more(ANSWERS);
    isOver = true;
    await clients;

    const unwell = gateway
      .said()
      .split('\n')
      .filter((line) => !line.includes('"status":200'));
    expect({ failures: [...failures], said: failures.size > 0 ? unwell : [] }).toEqual({ failures: [], said: [] });
    expect(exitCode).toBe(0);
    for (const { served } of [first, second, third]) expect(served()).toBeGreaterThan(0);
    // Some met the process that was killed, and were answered by the other one.
    expect(gateway.said()).toMatch(/"status":200,.*"retries":"\+[12]"/);
  });
}
