import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { metricsOf } from '@facet/testing/internal/metrics.ts';
import { hasRedis, NO_REDIS, type RunningRedis, startRedis } from '@facet/testing/internal/redis.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { messagesIn, runsScripts } from '@facet/testing/internal/run.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from '@redis/client';

/** A slow machine is not to be told from a slow Redis. */
const KEEPING = { ENTITY_CACHE_BYTES: '10000000', CACHE_WAIT_MS: '1000' };
const AT_ONCE = 8;
/** Looks that fail one after the other until Redis is left alone. */
const MOST_FAILURES = 5;

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterEach(() => {
  services.arrived.length = 0;
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

const run = runsScripts();

/** Paths that the services were asked for since it was last called. */
function asked(): string[] {
  return services.arrived
    .splice(0)
    .map(({ service, url }) => `${service} ${url.replace(/[?&].*/, '')}`)
    .sort();
}

/** Everything in a Redis: its keys with their values and the milliseconds for which they stay. */
async function contentOf({ url }: RunningRedis) {
  const client = await createClient({ url }).connect();
  try {
    const names = await client.keys('*');
    return await Promise.all(
      names.map(async (name) => ({ name, text: (await client.get(name)) ?? '', ttlMs: await client.pTTL(name) })),
    );
  } finally {
    client.destroy();
  }
}

const isConnected = ({ logged }: RunningBff) => logged.some(({ msg }) => msg === 'connected to the shared cache');

/** A server that has its connection: what is kept before that is not shared. */
async function startSharing(redis: RunningRedis, environment: Record<string, string> = KEEPING): Promise<RunningBff> {
  const running = await startBff(web, services.urls, { CACHE_URL: redis.url, ...environment });
  await until(() => isConnected(running));
  return running;
}

const writesOf = ({ sharedCache }: RunningBff) => Number(sharedCache?.writes.written);

if (hasRedis()) {
  describe('servers with one Redis', () => {
    test('share rows and lists: the second asks the library nothing, and says that they were kept', async () => {
      await using redis = await startRedis();
      await using first = await startSharing(redis);
      await using second = await startSharing(redis);
      const { text } = await first.screen('Dashboard');
      expect(asked()).toEqual(['library /books', 'library /readings', 'loans /loans', 'members /members']);
      const rows = new Set(Array.from(text.matchAll(/"(b_\d+)"/g), ([, id]) => id));
      await until(() => writesOf(first) > rows.size);
      const explained = await second.screen('Dashboard', {}, { 'X-Facet-Explain': '1' });
      expect(asked()).toEqual(['loans /loans', 'members /members']);
      expect(explained.data).toEqual(JSON.parse(text).data);
      const calls: { endpoint: string; cached: boolean; keys: number }[] = JSON.parse(explained.text).extensions.facet
        .calls;
      const cached = calls.filter((call) => call.cached).map(({ endpoint, keys }) => [endpoint, keys > 0]);
      expect(cached.sort()).toEqual([
        ['GET /books?ids', true],
        ['GET /readings', false],
      ]);
    });

    test('put nothing there but what is public, and for no longer than it is of use', async () => {
      await using redis = await startRedis();
      await using running = await startSharing(redis);
      for (const member of ['m_42', 'm_7']) {
        await running.screen('Dashboard', {}, { 'X-Member-Id': member });
        await running.query('{ loan(id: "l_7") { id status fee { amount } } }', {}, { 'X-Member-Id': member });
      }
      const { data } = await running.query('{ dashboard { profile { email name } loans { id } } }');
      let content: Awaited<ReturnType<typeof contentOf>> = [];
      await until(async () => {
        content = await contentOf(redis);
        // Each row was asked for once, and so written once.
        return content.length > 5 && content.length === writesOf(running);
      });
      for (const { name, text, ttlMs } of content) {
        expect(name).toMatch(/^facet:3:library:[\w-]{16}:(b_\d+|\/readings)$/);
        expect(JSON.parse(text).headers['cache-control']).toContain('public');
        for (const secret of ['m_42', 'm_7', data.dashboard.profile.email, data.dashboard.profile.name]) {
          expect(text).not.toContain(secret);
        }
        for (const { id } of data.dashboard.loans) expect(text).not.toContain(`"${id}"`);
        expect(ttlMs).toBeGreaterThan(500_000);
        expect(ttlMs).toBeLessThanOrEqual(660_000);
      }
    });

    test('use it with a user, a password, a database number, and a prefix of their keys', async () => {
      await using redis = await startRedis(
        ...'--user facet on >p%40ss ~staging:facet:* +mget +set +del +time +select +ping'.split(' '),
      );
      const { port } = redis;
      const url = `redis://facet:p%2540ss@127.0.0.1:${port}/3`;
      const environment = { ...KEEPING, CACHE_PREFIX: 'staging' };
      await using first = await startSharing({ ...redis, url }, environment);
      await using second = await startSharing({ ...redis, url }, environment);
      await first.query('{ book(id: "b_1") { name } }');
      await until(() => writesOf(first) === 1);
      await second.query('{ book(id: "b_1") { name } }');
      expect(asked()).toEqual(['library /books']);
    });

    test('do without it where the password is wrong, and never tell it', async () => {
      await using redis = await startRedis('--requirepass', 'right');
      const url = `redis://:open-sesame@127.0.0.1:${redis.port}`;
      await using running = await startBff(web, services.urls, { ...KEEPING, CACHE_URL: url });
      const isTold = () => running.logged.some(({ msg }) => msg === 'no connection to the shared cache');
      await until(isTold);
      expect((await running.screen('Dashboard')).errors).toEqual([]);
      expect(running.sharedCache?.reads).toMatchObject({ answered: 0, timedOut: 0 });
      expect(JSON.stringify(running.logged)).not.toContain('sesame');
    });
  });

  test('processes share it too, have its figures on their page, and stop', async () => {
    await using redis = await startRedis();
    const { members, loans, library } = services.urls;
    const environment = {
      ...KEEPING,
      PORT: '0',
      CACHE_URL: redis.url,
      ...{ MEMBERS_URL: members, LOANS_URL: loans, LIBRARY_URL: library },
    };
    const processes = [run('bffs/web/main.ts', environment), run('bffs/web/main.ts', environment)];
    const [first = '', second = ''] = await Promise.all(
      processes.map(async ({ port }) => `http://127.0.0.1:${await port}`),
    );
    const outcome = 'facet_shared_cache_reads_total{outcome="ok"}';
    const written = 'facet_shared_cache_writes_total{result="written"}';
    let ids = 100;
    for (const url of [first, second]) {
      // By asking for what nobody has: one of these is the first one after it has connected.
      await until(async () => {
        ids += 1;
        await bookOf(url, `b_${ids}`);
        return Number((await metricsOf(url)).get(outcome)) > 0;
      });
    }
    const before = Number((await metricsOf(first)).get(written));
    asked();
    const book = await bookOf(first, 'b_1');
    expect(asked()).toEqual(['library /books']);
    await until(async () => Number((await metricsOf(first)).get(written)) > before);
    expect(await bookOf(second, 'b_1')).toEqual(book);
    expect(asked()).toEqual([]);
    const lookups = 'facet_shared_cache_lookups_total{service="library",endpoint="GET /books?ids",result="found"}';
    expect((await metricsOf(second)).get(lookups)).toBe(1);
    for (const { child } of processes) child.kill('SIGTERM');
    for (const { ended } of processes) {
      const { exitCode, output } = await ended;
      expect(exitCode).toBe(0);
      expect(messagesIn(output)).toEqual(expect.arrayContaining(['connected to the shared cache', 'stopped']));
    }
  });

  test('a Redis that is frozen, killed and started again under load fails no request, and is asked again after', async () => {
    await using redis = await startRedis();
    // Room for a few rows: nearly every request looks for its row in Redis, and waits for it for as long as it does by default.
    await using running = await startSharing(redis, { ENTITY_CACHE_BYTES: '20000' });
    const { sharedCache } = running;
    if (!sharedCache) throw new Error('It has no shared cache.');
    const { reads } = sharedCache;
    const failures = new Set<string>();
    let answers = 0;
    let isOver = false;
    const client = async (turn: number) => {
      for (let book = turn; !isOver; book += AT_ONCE) {
        const { data, errors } = await running.query(`{ book(id: "b_${(book % 150) + 1}") { id name } }`);
        if (errors.length > 0 || data?.book?.name === undefined) failures.add(JSON.stringify(errors));
        answers += 1;
      }
    };
    const found = () => Array.from(sharedCache.lookups).reduce((sum, lookups) => sum + lookups.found, 0);
    const becomes = async (condition: () => boolean) => {
      while (!condition()) await delay(5);
    };
    /** So many answers, and so many rows out of Redis, more than there are now. */
    const more = async (newAnswers: number, newFound: number) => {
      const [before, had] = [answers, found()];
      await becomes(() => answers >= before + newAnswers && found() >= had + newFound);
    };
    /**
     * What waited in vain: of each client one look that was under way when it began, those that made it be left alone, those
     * under way then, and one at each later try.
     */
    const outage = async (begin: () => unknown, end: () => unknown) => {
      await more(100, 100);
      await becomes(() => reads.isClosed);
      const { answered, timedOut, failed, bypassed, openings } = reads;
      await begin();
      await becomes(() => reads.openings > openings);
      await more(150, 0);
      const inVain = reads.timedOut + reads.failed - timedOut - failed;
      expect(inVain).toBeGreaterThanOrEqual(MOST_FAILURES);
      expect(inVain).toBeLessThanOrEqual(2 * AT_ONCE + MOST_FAILURES + reads.openings - openings);
      expect(reads.answered - answered).toBeLessThanOrEqual(AT_ONCE);
      expect(reads.bypassed).toBeGreaterThan(bypassed + 50);
      await end();
      await becomes(() => reads.isClosed);
    };

    const clients = Array.from({ length: AT_ONCE }, (_, turn) => client(turn));
    await outage(redis.freeze, redis.thaw);
    expect(reads.timedOut).toBeGreaterThanOrEqual(MOST_FAILURES);
    await outage(redis.kill, redis.start);
    await more(100, 100);
    isOver = true;
    await Promise.all(clients);
    expect([...failures]).toEqual([]);
  });
} else test.todo(NO_REDIS);

describe('a server that accepts connections in the place of Redis', () => {
  test.each([
    ['says nothing', ''],
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('and %s fails no request and holds none up', async (_what, says) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(says);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using running = await startBff(web, services.urls, { ...KEEPING, CACHE_URL: url });
    for (let count = 1; count <= 10; count += 1) {
      expect((await running.query(`{ book(id: "b_${count}") { name } }`)).errors).toEqual([]);
    }
    expect(running.sharedCache?.reads).toMatchObject({ answered: 0, timedOut: 0 });
    const { failed = 0, bypassed = 0 } = running.sharedCache?.reads ?? {};
    expect(failed).toBeGreaterThanOrEqual(5);
    expect(failed + bypassed).toBe(10);
    server.close();
  });
});

test('without CACHE_URL there is none, and no figures of it', async () => {
  await using running = await startBff(web, services.urls, KEEPING);
  await running.screen('Dashboard');
  expect(running.sharedCache).toBeUndefined();
  expect([...(await metricsOf(running.url)).keys()].filter((name) => name.includes('shared_cache'))).toEqual([]);
});

async function bookOf(url: string, id: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'x-member-id': 'm_42' };
  const body = JSON.stringify({ query: `{ book(id: "${id}") { id name } }` });
  const { data, errors } = await readAnswer(await fetch(`${url}/graphql`, { method: 'POST', headers, body }));
  expect(errors).toEqual([]);
  return data;
}
