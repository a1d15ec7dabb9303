import { setTimeout as delay } from 'node:timers/promises';
import { type Arrived, json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { messagesIn, type Run, runsScripts } from '@facet/testing/internal/run.ts';
import { until } from '@facet/testing/internal/until.ts';
import { expect, test } from '@jest/globals';
import { Pool } from 'undici';

const RESTARTS = 20;
const AT_ONCE = 8;
/** Answers that a process has given before it is told to stop. */
const ANSWERS = 50;
const POLL_MS = 10;

/** A busy machine takes up to a minute to start a process. Ends the test when it hangs. */
const HANGS_MS = RESTARTS * 60_000;

const run = runsScripts();

/** A process drains for many times as long as a client takes to see its readiness, on a busy machine too. */
const ENVIRONMENT = {
  NODE_ENV: 'production',
  TRUSTED_PROXIES: '127.0.0.1',
  DOCUMENTS: 'open',
  PORT: '0',
  DRAIN_MS: '10000',
  LOG_LEVEL: 'debug',
  // What is logged is what went wrong: a response that is measured would tell of itself, too.
  MEASURE_EVERY: '0',
  // The test's machine may be slow: this is about stopping, not about speed.
  MAX_LAG_MS: '600000',
};
const BODY = JSON.stringify({ query: '{ home { greeting recentLoans { id } readings { id } } }' });

/** Takes a while, so that requests are under way at every moment; readings are fetched anew at every use. */
const answer: Parameters<typeof startLocalService>[0] = async ({ url }: Arrived, response) => {
  await delay(10);
  if (url.startsWith('/members')) json(response, [{ id: 'm_42', firstName: 'Ada' }]);
  else json(response, [{ id: 'x_1' }], { 'cache-control': 'public, max-age=0, stale-while-revalidate=60' });
};

/** A process as a load balancer sees it. */
interface Instance extends Run {
  readonly pool: Pool;
  isReady: boolean;
  answers: number;
}

test(
  `${RESTARTS} restarts under load fail no request of a client that heeds the readiness`,
  async () => {
    await using service = await startLocalService(answer);
    const environment = { ...ENVIRONMENT, MEMBERS_URL: service.url, LOANS_URL: service.url, LIBRARY_URL: service.url };
    const instances: Instance[] = [];
    const failures = new Set<string>();
    let isOver = false;

    const start = async () => {
      const started = run('bffs/mobile/main.ts', environment);
      const pool = new Pool(`http://127.0.0.1:${await started.port}`, { connections: AT_ONCE + 1 });
      const instance: Instance = { ...started, pool, isReady: false, answers: 0 };
      instances.push(instance);
      void watchReadiness(instance).catch(() => {
        instance.isReady = false;
      });
      await until(() => instance.isReady);
      return instance;
    };
    const client = async (turn: number) => {
      for (let requests = turn; !isOver; requests += 1) {
        const ready = instances.filter(({ isReady }) => isReady);
        const instance = ready[requests % ready.length];
        if (!instance) throw new Error('None is ready.');
        const failure = await failureOf(instance.pool).catch(String);
        if (failure !== undefined) failures.add(failure);
        instance.answers += 1;
      }
    };

    let current = await start();
    // A client that fails does not outlive the test.
    const clients = Promise.all(Array.from({ length: AT_ONCE }, (_, turn) => client(turn))).catch((error) =>
      failures.add(String(error)),
    );
    for (let restarts = 0; restarts < RESTARTS; restarts += 1) {
      const next = await start();
      await until(() => current.answers >= ANSWERS || failures.size > 0);
      current.child.kill('SIGTERM');
      current = next;
    }
    isOver = true;
    await clients;
    current.child.kill('SIGTERM');

    expect([...failures]).toEqual([]);
    for (const { port, ended, pool } of instances) {
      const { exitCode, output } = await ended;
      await pool.close();
      expect(exitCode).toBe(0);
      expect(messagesIn(output)).toEqual([`listening on http://localhost:${await port}`, 'stopping', 'stopped']);
    }
  },
  HANGS_MS,
);

/** Looks at it until it is not ready any more. */
async function watchReadiness(instance: Instance): Promise<void> {
  do {
    const { statusCode, body } = await instance.pool.request({ method: 'GET', path: '/readyz' });
    await body.dump();
    instance.isReady = statusCode === 200;
    await delay(POLL_MS);
  } while (instance.isReady);
}

/** What is wrong with the answer to one request; undefined where nothing is. */
async function failureOf(pool: Pool): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json', 'x-member-id': 'm_42' };
  const { statusCode, body } = await pool.request({ method: 'POST', path: '/graphql', headers, body: BODY });
  const text = await body.text();
  return statusCode === 200 && !('errors' in JSON.parse(text)) ? undefined : `${statusCode} ${text}`;
}
