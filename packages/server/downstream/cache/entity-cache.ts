import { LRUCache } from 'lru-cache';
import type { Answer } from '../call.ts';
import type { Description, Endpoint } from '../endpoint.ts';
import { freezeDeep } from '../http/json.ts';
import { covers, type Properties } from '../sparse.ts';
import { CacheEntry } from './cache-entry.ts';
import { type Grant, limitedTo, renewedGrant } from './cacheability.ts';
import { MAX_AGE_SECONDS } from './shared-cache/entry.ts';
import type { SharedCache } from './shared-cache/shared-cache.ts';

/** Most sets of properties that one row is stored with. A further set evicts the oldest. */
const MAX_VARIANTS = 4;

type Variants = readonly CacheEntry<unknown>[];

/** Lookups of rows and lists of one endpoint: found fresh, found stale and used, or not found. */
export interface CacheLookups {
  readonly endpoint: Endpoint;
  fresh: number;
  stale: number;
  missed: number;
}

/**
 * A least-recently-used cache of rows and lists of public endpoints, bounded in bytes. Each row of a batch and each list has its
 * own entry. Values are frozen. Stored values are also written to the shared cache, if there is one.
 */
export class EntityCache {
  readonly #variants: LRUCache<string, Variants>;
  readonly #lookups = new Map<Endpoint, CacheLookups>();
  /** Endpoints that have had a public response, in this process or in the shared cache. */
  readonly #public = new WeakSet<Endpoint>();
  readonly maxBytes: number;
  readonly shared: SharedCache | undefined;

  constructor(maxBytes: number, shared?: SharedCache) {
    this.maxBytes = maxBytes;
    this.shared = shared;
    this.#variants = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (variants, url) => 2 * url.length + variants.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }

  /** Estimated memory of all entries. */
  get bytes(): number {
    return this.#variants.calculatedSize;
  }

  /** Lookup counts of an endpoint. Readers update them, because they decide what is usable. */
  lookupsOf(endpoint: Endpoint): CacheLookups {
    let lookups = this.#lookups.get(endpoint);
    if (!lookups) {
      lookups = { endpoint, fresh: 0, stale: 0, missed: 0 };
      this.#lookups.set(endpoint, lookups);
    }
    return lookups;
  }

  get lookups(): Iterable<CacheLookups> {
    return this.#lookups.values();
  }

  /** Finds the freshest entry that has the required properties. It may be stale or expired. */
  find<T>(endpoint: Endpoint, key: string, required: Properties): CacheEntry<T> | undefined {
    const variants = this.#variants.get(urlOf(endpoint, key));
    if (variants === undefined) return undefined;
    let found: CacheEntry<unknown> | undefined;
    for (const entry of variants) {
      if (covers(entry.properties, required) && !(found && found.freshUntil >= entry.freshUntil)) found = entry;
    }
    // Only values of this endpoint, and so of its type, are stored under its name.
    return found as CacheEntry<T> | undefined;
  }

  /** Stores a value if its response allows it. Otherwise removes the stored one, which is no longer public or does not exist. */
  store<T>(endpoint: Description, key: string, properties: Properties, value: T | null, { grant }: Answer): void {
    const url = urlOf(endpoint, key);
    if (grant) this.#public.add(endpoint);
    if (value === null || grant === undefined) this.#forget(url, endpoint, key, properties);
    else this.#put(url, endpoint, key, new CacheEntry(freezeDeep(value), properties, grant));
  }

  /** Renews an entry that a 304 has confirmed. Returns undefined, and removes it, when it must not be stored any longer. */
  renew<T>(
    endpoint: Description,
    key: string,
    entry: CacheEntry<T>,
    { headers, requestedAt }: Answer,
  ): CacheEntry<T> | undefined {
    const url = urlOf(endpoint, key);
    const grant = renewedGrant(entry.grant, headers, requestedAt);
    const renewed = grant && new CacheEntry(entry.value, entry.properties, grant);
    if (renewed) this.#put(url, endpoint, key, renewed);
    else this.#forget(url, endpoint, key, entry.properties);
    return renewed;
  }

  /** Stores a value from the shared cache, for at most a day after it was generated, unless the stored one is younger. */
  adopt<T>(endpoint: Description, key: string, properties: Properties, value: T, grant: Grant): void {
    const url = urlOf(endpoint, key);
    const adopted = new CacheEntry(freezeDeep(value), properties, limitedTo(grant, MAX_AGE_SECONDS * 1_000));
    this.#public.add(endpoint);
    const stored = this.find<T>(endpoint, key, properties);
    if (!stored || adopted.ageMs() < stored.ageMs()) this.#putLocally(url, adopted);
  }

  #put(url: string, endpoint: Description, key: string, entry: CacheEntry<unknown>): void {
    this.#putLocally(url, entry);
    this.shared?.put(endpoint, key, entry.properties, entry);
  }

  /** Also removes it from the shared cache, where another process may have put it, unless the endpoint was never public. */
  #forget(url: string, endpoint: Description, key: string, properties: Properties): void {
    const variants = this.#variants.peek(url) ?? [];
    this.#variants.delete(url);
    if (!this.#public.has(endpoint)) return;
    this.shared?.forget(endpoint, key, [properties, ...variants.map((entry) => entry.properties)]);
  }

  #putLocally(url: string, entry: CacheEntry<unknown>): void {
    const others = (this.#variants.get(url) ?? []).filter(({ properties }) => !covers(entry.properties, properties));
    this.#variants.set(url, [entry, ...others].slice(0, MAX_VARIANTS));
  }
}

// Endpoint names are for people and not unique: two endpoints with one name may read different rows.
const prefixes = new WeakMap<Endpoint, string>();
let lastSerial = 0;

/** The cache key of a row or list. The caching rules treat each row as a resource with its own URL. */
function urlOf(endpoint: Endpoint, key: string): string {
  let prefix = prefixes.get(endpoint);
  if (prefix === undefined) {
    lastSerial += 1;
    prefix = `${lastSerial} ${endpoint.service} `;
    prefixes.set(endpoint, prefix);
  }
  return prefix + key;
}
