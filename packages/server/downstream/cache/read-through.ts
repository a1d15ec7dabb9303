import type { RequestContext } from '../../request/context.ts';
import type { Call } from '../call.ts';
import type { Description } from '../endpoint.ts';
import type { Fetch } from '../fetcher.ts';
import type { Part } from '../policies/bisect.ts';
import type { Fetched } from '../rest-client.ts';
import type { Properties } from '../sparse.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { EntityCache } from './entity-cache.ts';
import type { Refresh } from './refresh.ts';

/** The parts that a cached read is made of. */
export interface CacheDependencies {
  readonly cache: EntityCache;
  readonly fetch: Fetch;
  readonly refresh: Refresh;
}

/** The values of one read, and how their service is asked for them. */
export interface Source<T extends object> {
  readonly endpoint: Description;
  /** Names of the values in the cache: keys of rows, or the path of one list. */
  readonly keys: readonly string[];
  /** Whether a call can carry the validators of a stored value. It then fetches exactly one value. */
  readonly isConditional: boolean;
  /** Fetches values in the order of the keys: null for a missing one, undefined for one that a 304 confirms. */
  fetch(
    keys: readonly string[],
    properties: Properties,
    request: RequestContext,
    validators: Call['validators'],
  ): Promise<readonly Part<Fetched<readonly (T | null | undefined)[]>>[]>;
}

type Entries<T> = ReadonlyMap<string, CacheEntry<T>>;

/**
 * Reads values through the entity cache, and returns them in the order of the keys. The state of each value decides:
 *
 * | state of the value | what happens |
 * | --- | --- |
 * | fresh | returned |
 * | stale, within stale-while-revalidate | returned; one background refresh starts |
 * | expired, within stale-if-error | fetched; returned after all when the service fails |
 * | expired or absent (a miss) | fetched and stored |
 *
 * A conditional source revalidates an expired value by its ETag. A failed call becomes the Error of its values. Rejects with
 * that error when no value could be read.
 */
export async function readThrough<T extends object>(
  dependencies: CacheDependencies,
  source: Source<T>,
  properties: Properties,
  request: RequestContext,
): Promise<readonly (T | null | Error)[]> {
  const { endpoint, keys } = source;
  const { cache } = dependencies;
  const usable = new Map<string, CacheEntry<T>>();
  const expired = new Map<string, CacheEntry<T>>();
  for (const key of keys) {
    const entry = cache.find<T>(endpoint, key, properties);
    if (entry) (entry.isUsable() ? usable : expired).set(key, entry);
  }
  const stale = recordUse(endpoint, usable, request);
  const lookups = cache.lookupsOf(endpoint);
  lookups.fresh += usable.size - stale;
  lookups.stale += stale;
  lookups.missed += keys.length - usable.size;
  refreshStale(dependencies, source, usable, request);
  if (usable.size === keys.length) return Array.from(usable.values(), ({ value }) => value);

  const missing = keys.filter((key) => !usable.has(key));
  // A conditional source has one key.
  const stored = source.isConditional ? expired.values().next().value : undefined;
  const fetched = await fetchAndStore(dependencies, source, missing, properties, stored, request).catch(
    (error: unknown) => {
      if (!(error instanceof Error)) throw error;
      const failed = new Map(missing.map((key): [string, T | null | Error] => [key, error]));
      if (usable.size + servableOnError(expired, failed).size === 0) throw error;
      return failed;
    },
  );
  const rescued = servableOnError(expired, fetched);
  recordUse(endpoint, rescued, request);
  for (const entry of rescued.values()) request.ledger.markStale(entry.value, entry.ageMs());
  return keys.map((key) => (usable.get(key) ?? rescued.get(key))?.value ?? fetched.get(key) ?? null);
}

/** Starts one background fetch for the stale entries that were stored with the same properties. */
function refreshStale<T extends object>(
  dependencies: CacheDependencies,
  source: Source<T>,
  used: Entries<T>,
  request: RequestContext,
): void {
  const { cache, refresh } = dependencies;
  const stale = [...used].filter(([, entry]) => !entry.refreshing && !entry.isFresh());
  for (const [properties, group] of Map.groupBy(stale, ([, entry]) => entry.properties)) {
    const keys = group.map(([key]) => key);
    const entries = group.map(([, entry]) => entry);
    const stored = source.isConditional ? entries[0] : undefined;
    refresh(entries, request, async (background) => {
      // Another process may have refreshed them by now.
      const due = cache.shared ? await stillStale(cache, source.endpoint, keys, properties, background) : keys;
      if (due.length > 0) await fetchAndStore(dependencies, source, due, properties, stored, background);
    });
  }
}

/** Fetches values and stores them. With a stored entry, the call is conditional and asks for the properties of that entry. */
async function fetchAndStore<T extends object>(
  { cache }: CacheDependencies,
  { endpoint, fetch }: Source<T>,
  keys: readonly string[],
  properties: Properties,
  stored: CacheEntry<T> | undefined,
  request: RequestContext,
): Promise<ReadonlyMap<string, T | null | Error>> {
  const required = stored ? stored.properties : properties;
  const fetched = new Map<string, T | null | Error>();
  for (const part of await fetch(keys, required, request, stored?.validators())) {
    part.keys.forEach((key, index) => {
      if ('error' in part) {
        fetched.set(key, part.error);
        return;
      }
      const { value: values, answer } = part.result;
      const value = values[index];
      if (value === undefined && stored) {
        const renewed = cache.renew(endpoint, key, stored, answer);
        request.ledger.limitFreshness(renewed?.freshMs() ?? 0);
        fetched.set(key, stored.value);
        return;
      }
      cache.store(endpoint, key, required, value ?? null, answer);
      fetched.set(key, value ?? null);
    });
  }
  return fetched;
}

/** The expired entries that stale-if-error lets the response use, because their service failed. */
function servableOnError<T>(expired: Entries<T>, fetched: ReadonlyMap<string, unknown>): Entries<T> {
  return new Map([...expired].filter(([key, entry]) => entry.mayServeOnError(fetched.get(key))));
}

/** Records in the ledger which entries the response uses. Returns how many of them are no longer fresh. */
function recordUse<T>(endpoint: Description, used: Entries<T>, { ledger }: RequestContext): number {
  if (used.size === 0) return 0;
  let freshMs = Number.POSITIVE_INFINITY;
  let stale = 0;
  for (const entry of used.values()) {
    freshMs = Math.min(freshMs, entry.freshMs());
    if (!entry.isFresh()) stale += 1;
  }
  const isList = endpoint.kind === 'list';
  const keys = [...used.keys()];
  const descriptor = ledger.trace && { endpoint, ...(isList ? { list: keys[0] ?? '' } : { ids: keys }) };
  ledger.hit(endpoint.service, endpoint.name, isList ? 0 : used.size, stale, descriptor);
  ledger.limitFreshness(freshMs);
  return stale;
}

/**
 * Loads values that this process lacks, or can no longer use, from the shared cache, and continues with `then`. It continues
 * synchronously when there is nothing to look up.
 */
export function hydrateFromShared<T>(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
  then: () => Promise<T>,
): Promise<T> {
  if (!cache.shared) return then();
  const lacking = keys.filter((key) => !cache.find(endpoint, key, properties)?.isUsable());
  if (lacking.length === 0) return then();
  const { ledger } = request;
  const { wave } = ledger;
  // A lookup is no call: the calls that follow it belong to the wave in which the lookup began.
  return hydrate(cache, endpoint, lacking, properties, request).then(() => ledger.inWave(wave, then));
}

/** Of stale values, the keys of those that no other process has refreshed. */
async function stillStale(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<readonly string[]> {
  await hydrate(cache, endpoint, keys, properties, request);
  return keys.filter((key) => !cache.find(endpoint, key, properties)?.isFresh());
}

async function hydrate(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<void> {
  const found = (await cache.shared?.find(endpoint, keys, properties, request)) ?? [];
  for (const [key, { value, grant }] of found) cache.adopt(endpoint, key, properties, value, grant);
}
