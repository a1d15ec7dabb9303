import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { createLedger } from '../../request/ledger.ts';
import { RequestTrace } from '../../request/request-trace.ts';
import { createLog } from '../../telemetry/log.ts';
import { Loaders } from '../batching/loaders.ts';
import { cachedRows } from './cached-rows.ts';
import { EntityCache } from './entity-cache.ts';
import { createRefresh } from './refresh.ts';

interface Thing {
  readonly id: string;
  readonly version: number;
}

const common = { service: 'library', path: '/things', rowKey: 'id' } as const;
const things = batchOf<Thing>()({ ...common, public: true });
const privateThings = batchOf<Thing>()(common);

const pass = stoppedClock();
const log = createLog('test', 'silent');

/** A service whose rows are cacheable for a minute, and operations that load from it through one cache. */
async function startWorld() {
  const answers = { version: 1, status: 200 };
  const service = await startLocalService((request, response) => {
    if (answers.status !== 200) {
      response.writeHead(answers.status).end();
      return;
    }
    const ids = new URL(request.url, 'http://x').searchParams.get('ids')?.split(',') ?? [];
    const rows = ids.filter((id) => id !== 'missing').map((id) => ({ id, version: answers.version }));
    json(response, rows, { 'cache-control': 'public, max-age=60, stale-while-revalidate=60' });
  });
  const fetcher = fetcherFor(service.url);
  const cache = new EntityCache(10_000_000);
  const rows = cachedRows({ cache, fetch: fetcher.fetch, refresh: createRefresh(10_000, log) });
  return {
    answers,
    cache,
    service,
    operation(overrides: Parameters<typeof requestContext>[0] = {}) {
      const request = requestContext(overrides);
      return { loaders: new Loaders(rows, request), ledger: request.ledger };
    },
    async [Symbol.asyncDispose]() {
      await fetcher[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const looksIn = ({ entries }: ReturnType<typeof requestContext>['ledger']) =>
  entries.map(({ cached, keys, staleKeys, wave }) => ({ cached, keys, staleKeys, wave }));

describe('a fresh cached row', () => {
  test('is returned synchronously, and all of them are one cache hit', async () => {
    await using world = await startWorld();
    const { loaders: first } = world.operation();
    await Promise.all(['a', 'b'].map((id) => first.load(things, id)));
    pass(15_000);
    const { loaders, ledger } = world.operation();
    const loaded = ['a', 'b', 'a'].map((id) => loaders.load(things, id));
    expect(loaded).toEqual([
      { id: 'a', version: 1 },
      { id: 'b', version: 1 },
      { id: 'a', version: 1 },
    ]);
    expect(looksIn(ledger)).toEqual([{ cached: true, keys: 2, staleKeys: 0, wave: 1 }]);
    // The response may be stored no longer than its rows.
    expect(ledger.freshMs()).toBe(45_000);
    expect([...world.cache.lookups]).toMatchObject([{ fresh: 2, stale: 0, missed: 2 }]);
    expect(world.service.arrived).toHaveLength(1);
  });

  test('does not delay calls: missing rows are fetched in the first tick', async () => {
    await using world = await startWorld();
    await world.operation().loaders.load(things, 'a');
    const { loaders, ledger } = world.operation();
    const [kept, asked, missing] = ['a', 'b', 'missing'].map((id) => loaders.load(things, id));
    expect(kept).toEqual({ id: 'a', version: 1 });
    expect(await Promise.all([asked, missing])).toEqual([{ id: 'b', version: 1 }, null]);
    expect(world.service.arrived.map(({ url }) => url)).toEqual(['/things?ids=a', '/things?ids=b,missing']);
    expect(looksIn(ledger)).toEqual([
      { cached: true, keys: 1, staleKeys: 0, wave: 1 },
      { cached: false, keys: 2, staleKeys: 0, wave: 1 },
    ]);
  });

  test('stays the same within an operation, even if the cache changes', async () => {
    await using world = await startWorld();
    await world.operation().loaders.load(things, 'a');
    const { loaders } = world.operation();
    const before = loaders.load(things, 'a');
    const asked = loaders.load(things, 'b');
    world.answers.version = 2;
    pass(130_000);
    expect(await world.operation().loaders.load(things, 'a')).toEqual({ id: 'a', version: 2 });
    expect(await world.operation().loaders.load(things, 'b')).toMatchObject({ id: 'b' });
    expect(loaders.load(things, 'a')).toBe(before);
    expect(loaders.load(things, 'b')).toBe(await asked);
  });
});

describe('returns a promise for', () => {
  test.each([
    ['a stale row, which is refreshed', things, {}, 61_000],
    ['a row of a service with an injected fault', things, { drills: [{ service: 'library', kind: 'slow', ms: 1 }] }, 0],
    ['a row of a private endpoint', privateThings, {}, 0],
  ] as const)('%s', async (_what, endpoint, overrides, ms) => {
    await using world = await startWorld();
    await world.operation().loaders.load(endpoint, 'a');
    pass(ms);
    const { loaders } = world.operation(overrides as Parameters<typeof requestContext>[0]);
    const row = loaders.load(endpoint, 'a');
    expect(row).toBeInstanceOf(Promise);
    expect(await row).toEqual({ id: 'a', version: 1 });
  });
});

describe('a batch with a failing call', () => {
  const attempt = (row: ReturnType<Loaders['load']>) => Promise.resolve(row).catch((error: Error) => error.message);

  test('fails only the rows that had to be fetched, traced or not', async () => {
    await using world = await startWorld();
    const keep = (ids: readonly string[]) => {
      const { loaders } = world.operation();
      return Promise.all(ids.map((id) => loaders.load(things, id)));
    };
    await keep(['stale']);
    pass(90_000);
    await keep(['fresh']);
    world.answers.status = 500;
    const had = async (overrides: Parameters<Awaited<ReturnType<typeof startWorld>>['operation']>[0]) => {
      const { loaders } = world.operation(overrides);
      return Promise.all(['fresh', 'absent', 'stale'].map((id) => attempt(loaders.load(things, id))));
    };
    const nobodyLooks = await had({});
    expect(nobodyLooks).toEqual([
      { id: 'fresh', version: 1 },
      expect.stringMatching(/library/),
      { id: 'stale', version: 1 },
    ]);
    expect(await had({ ledger: createLedger(undefined, new RequestTrace('a'.repeat(32))) })).toEqual(nobodyLooks);
  });
});
