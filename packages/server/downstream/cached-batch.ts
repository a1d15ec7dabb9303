import type { RequestContext } from '../request/context.ts';
import type { CacheDependencies } from './cache-dependencies.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { BatchDescription } from './endpoint.ts';
import { stillStale } from './hydrate.ts';
import { fetchBatch } from './rest-client.ts';
import type { Row } from './row-shape.ts';
import type { Loaded } from './row-source.ts';
import type { Properties } from './sparse.ts';

/** Kept rows by their keys. */
type KeptRows = Map<string, CacheEntry<Row>>;

/**
 * One batch of rows: those that may be used out of the cache, and all others by one call. Where that fails, it takes none of those
 * that need no call with it.
 */
export async function cachedBatch(
  keeping: CacheDependencies,
  endpoint: BatchDescription,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<readonly Loaded[]> {
  const usable: KeptRows = new Map();
  const past: KeptRows = new Map();
  for (const key of keys) {
    const kept = keeping.cache.find<Row>(endpoint, key, properties);
    if (kept) (kept.isUsable() ? usable : past).set(key, kept);
  }
  const stale = noteUse(endpoint, usable, request);
  const lookups = keeping.cache.lookupsOf(endpoint);
  lookups.fresh += usable.size - stale;
  lookups.stale += stale;
  lookups.missed += keys.length - usable.size;
  refreshStale(keeping, endpoint, usable, request);
  if (usable.size === keys.length) return Array.from(usable.values(), ({ value }) => value);
  const missing = keys.filter((key) => !usable.has(key));
  const asked = await askAndKeep(keeping, endpoint, missing, properties, request).catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    const failed = new Map(missing.map((key): [string, Loaded] => [key, error]));
    if (usable.size + pastOfFailed(failed, past).size === 0) throw error;
    return failed;
  });
  const rescued = pastOfFailed(asked, past);
  noteUse(endpoint, rescued, request);
  for (const kept of rescued.values()) request.ledger.markStale(kept.value, kept.ageMs());
  return keys.map((key) => (usable.get(key) ?? rescued.get(key))?.value ?? asked.get(key) ?? null);
}

/** The past rows that may be used since their service failed to give out new ones. */
function pastOfFailed(asked: ReadonlyMap<string, Loaded>, past: KeptRows): KeptRows {
  return new Map([...past].filter(([key, kept]) => kept.mayServeOn(asked.get(key))));
}

/** Asks for rows, and keeps them. */
async function askAndKeep(
  { cache, fetch }: CacheDependencies,
  endpoint: BatchDescription,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<ReadonlyMap<string, Loaded>> {
  const loaded = new Map<string, Loaded>();
  for (const part of await fetchBatch(fetch, endpoint, keys, properties, request)) {
    part.keys.forEach((key, index) => {
      if ('error' in part) {
        loaded.set(key, part.error);
        return;
      }
      const row = part.asked.value[index] ?? null;
      cache.keep(endpoint, key, properties, row, part.asked.answer);
      loaded.set(key, row);
    });
  }
  return loaded;
}

/** One background call for all rows past their freshness that were kept in the same properties. */
function refreshStale(
  keeping: CacheDependencies,
  endpoint: BatchDescription,
  used: KeptRows,
  request: RequestContext,
): void {
  const stale = [...used].filter(([, kept]) => !kept.refreshing && !kept.isFresh());
  for (const [properties, rows] of Map.groupBy(stale, ([, kept]) => kept.properties)) {
    const keys = rows.map(([key]) => key);
    keeping.refresh(
      rows.map(([, kept]) => kept),
      request,
      (background) => fetchAnew(keeping, endpoint, keys, properties, background),
    );
  }
}

/** Asks for rows anew, but for those that another process has fetched anew by now. */
async function fetchAnew(
  keeping: CacheDependencies,
  endpoint: BatchDescription,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<void> {
  const { cache } = keeping;
  const stale = cache.shared ? await stillStale(cache, endpoint, keys, properties, request) : keys;
  if (stale.length > 0) await askAndKeep(keeping, endpoint, stale, properties, request);
}

/** How many of them were past their freshness. */
function noteUse(endpoint: BatchDescription, used: KeptRows, { ledger }: RequestContext): number {
  if (used.size === 0) return 0;
  let freshMs = Number.POSITIVE_INFINITY;
  let stale = 0;
  for (const kept of used.values()) {
    freshMs = Math.min(freshMs, kept.freshMs());
    if (!kept.isFresh()) stale += 1;
  }
  const wanted = ledger.trail && { endpoint, ids: [...used.keys()] };
  ledger.hit(endpoint.service, endpoint.name, used.size, stale, wanted);
  ledger.keepAtMost(freshMs);
  return stale;
}
