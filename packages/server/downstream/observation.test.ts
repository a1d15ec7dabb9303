import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { MemoryStore } from '@facet/testing/internal/memory-store.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { batchSplits } from '../request/batch-splits.ts';
import { createLedger } from '../request/ledger.ts';
import { RequestTrace } from '../request/request-trace.ts';
import { createLog } from '../telemetry/log.ts';
import { Loaders } from './batching/loaders.ts';
import { grantOf } from './cache/cacheability.ts';
import { cachedRows } from './cache/cached-rows.ts';
import { EntityCache } from './cache/entity-cache.ts';
import { createRefresh, type Refresh } from './cache/refresh.ts';
import { SharedCache } from './cache/shared-cache/shared-cache.ts';
import type { Fetch } from './fetcher.ts';

interface Thing {
  readonly id: string;
}

const MAX_BATCH = 100;
const things = batchOf<Thing>()({
  service: 'library',
  path: '/things',
  rowKey: 'id',
  public: true,
  maxBatch: MAX_BATCH,
});

const CACHE_CONTROL = 'public, max-age=60, stale-while-revalidate=60, stale-if-error=600';

/** How a request is traced: not at all, by the sandbox, or by OpenTelemetry. */
const OBSERVERS = {
  none: () => undefined,
  sandbox: () => new RequestTrace(),
  tracing: () => new RequestTrace('a'.repeat(32)),
} as const;

/** Where a row is cached before the request: fresh or stale in this process, only in the shared cache, or nowhere. */
const PLACES = ['fresh', 'stale', 'shared', 'nowhere'] as const;
type Place = (typeof PLACES)[number];

const log = createLog('test', 'silent');
const pass = stoppedClock();

/** Loads all keys in one tick and returns everything that a service or a caller can observe. */
async function run(places: readonly Place[], observer: keyof typeof OBSERVERS) {
  const keys = places.map((_place, index) => `k${index}`);
  const keysAt = (place: Place) => keys.filter((_key, index) => places[index] === place);
  const calls: string[] = [];
  const fetch: Fetch = async (call, { ledger }) => {
    calls.push(call.path);
    const entry = ledger.begin(call.endpoint.service, call.endpoint.name, call.keys, call);
    await null;
    ledger.limitFreshness(60_000);
    ledger.end(entry);
    const headers = { 'cache-control': CACHE_CONTROL };
    const requestedAt = performance.now();
    const json = call.ids?.map((id) => ({ id }));
    return { ...entry, status: 200, headers, json, requestedAt, grant: grantOf(headers, requestedAt) };
  };
  const refreshes: Promise<unknown>[] = [];
  const background = createRefresh(10_000, log);
  const refresh: Refresh = (kept, cause, fetchAnew) =>
    background(kept, cause, (request) => {
      const refreshed = fetchAnew(request);
      refreshes.push(refreshed);
      return refreshed;
    });
  const store = new MemoryStore();
  const urls = { library: { url: 'http://library' } };
  const world = () => {
    const cache = new EntityCache(10_000_000, new SharedCache(store, urls, { waitMs: 1_000 }, log));
    return { cache, rows: cachedRows({ cache, fetch, refresh }) };
  };
  const [here, elsewhere] = [world(), world()];
  const keep = async ({ rows }: ReturnType<typeof world>, some: readonly string[]) => {
    if (some.length > 0) await rows.rows(things, some, undefined, requestContext());
  };
  await keep(here, keysAt('stale'));
  pass(90_000);
  await keep(here, keysAt('fresh'));
  await keep(elsewhere, keysAt('shared'));
  while (elsewhere.cache.shared?.writes.waiting || here.cache.shared?.writes.waiting) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  calls.length = 0;
  store.looks.length = 0;

  const ledger = createLedger(undefined, OBSERVERS[observer]());
  const loaders = new Loaders(here.rows, requestContext({ ledger }));
  const field = { path: { key: 'thing', prev: undefined } };
  const loaded = keys.map((key) => loaders.load(things, key, field));
  const isAtOnce = loaded.map((row) => !(row instanceof Promise));
  const rows = await Promise.all(loaded);
  await Promise.all(refreshes);
  while (here.cache.shared?.writes.waiting) await new Promise((resolve) => setImmediate(resolve));
  const seen = { calls, looks: store.looks, rows, isAtOnce, freshMs: ledger.freshMs() };
  return { seen, lookups: [...here.cache.lookups], splits: batchSplits(ledger.entries) };
}

describe('a traced request', () => {
  test('makes one call for 100 of 128 keys when the cache has the other 28', async () => {
    const places = Array.from(
      { length: 128 },
      (_, index): Place => (index % 4 === 0 && index < 112 ? 'fresh' : 'nowhere'),
    );
    for (const observer of ['none', 'sandbox', 'tracing'] as const) {
      const { seen, splits } = await run(places, observer);
      expect(seen.calls.map((path) => path.split(',').length)).toEqual([100]);
      expect(splits).toEqual([]);
    }
  });

  test('loads exactly what it would load untraced, whatever the cache has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...PLACES), { minLength: 1, maxLength: 260 }), async (places) => {
        const unobserved = await run(places, 'none');
        const missing = places.filter((place) => place === 'nowhere').length;
        const stale = places.filter((place) => place === 'stale').length;
        // Stale rows are refreshed by a separate background call.
        const expected = Math.ceil(missing / MAX_BATCH) + Math.ceil(stale / MAX_BATCH);
        expect(unobserved.seen.calls).toHaveLength(expected);
        for (const observer of ['sandbox', 'tracing'] as const) {
          const observed = await run(places, observer);
          expect(observed.seen).toEqual(unobserved.seen);
          expect(observed.lookups).toEqual(unobserved.lookups);
          expect(observed.splits).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
