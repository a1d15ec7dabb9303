import { LRUCache } from 'lru-cache';
import { CacheEntry } from './cache-entry.ts';
import { type Grant, heldTo, renewedGrant } from './cacheability.ts';
import type { Answer } from './call.ts';
import type { Description, Endpoint } from './endpoint.ts';
import { freezeDeep } from './freeze.ts';
import { MAX_AGE_SECONDS } from './shared-cache/entry.ts';
import type { SharedCache } from './shared-cache/shared-cache.ts';
import { covers, type Properties } from './sparse.ts';

/** Sets of properties in which one row is kept at once; operations that read more of them push the oldest out. */
const MAX_VARIANTS = 4;

type Variants = readonly CacheEntry<unknown>[];

/** How often a row or a list of one endpoint was looked for: found fresh, found past its freshness but used, or not found. */
export interface CacheLookups {
  readonly endpoint: Endpoint;
  fresh: number;
  stale: number;
  missed: number;
}

/**
 * What public endpoints answered, kept across requests within a bound in bytes, the least recently used given up first.
 * Each row of a batch has its own entry; so has each list. Values are frozen. What is kept here is written to the second
 * level too, where there is one.
 */
export class EntityCache {
  readonly #variants: LRUCache<string, Variants>;
  readonly #lookups = new Map<Endpoint, CacheLookups>();
  /** Endpoints of which a public answer, or what another process kept of one, has been seen. */
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

  /** Estimated memory of everything that is kept. */
  get bytes(): number {
    return this.#variants.calculatedSize;
  }

  /** What is noted here of what was found in it: only who looks knows what may be used. */
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

  /** A kept value that has these properties, the freshest of them; it may be past its freshness. */
  find<T>(endpoint: Endpoint, key: string, wanted: Properties): CacheEntry<T> | undefined {
    const variants = this.#variants.get(urlOf(endpoint, key));
    if (variants === undefined) return undefined;
    let found: CacheEntry<unknown> | undefined;
    for (const kept of variants) {
      if (covers(kept.properties, wanted) && !(found && found.freshUntil >= kept.freshUntil)) found = kept;
    }
    // The endpoint says what its values are: nothing else is ever put under its name.
    return found as CacheEntry<T> | undefined;
  }

  /** Keeps a value as far as its answer allows; what was kept and is now not public, or not there, goes. */
  keep<T>(endpoint: Description, key: string, properties: Properties, value: T | null, { grant }: Answer): void {
    const url = urlOf(endpoint, key);
    if (grant) this.#public.add(endpoint);
    if (value === null || grant === undefined) this.#forget(url, endpoint, key, properties);
    else this.#put(url, endpoint, key, new CacheEntry(freezeDeep(value), properties, grant));
  }

  /** Keeps a value anew that the service has confirmed by this 304; undefined when it must not be kept any longer. */
  renew<T>(
    endpoint: Description,
    key: string,
    kept: CacheEntry<T>,
    { headers, requestedAt }: Answer,
  ): CacheEntry<T> | undefined {
    const url = urlOf(endpoint, key);
    const grant = renewedGrant(kept.grant, headers, requestedAt);
    const renewed = grant && new CacheEntry(kept.value, kept.properties, grant);
    if (renewed) this.#put(url, endpoint, key, renewed);
    else this.#forget(url, endpoint, key, kept.properties);
    return renewed;
  }

  /** Keeps what the second level has, for a day after it was made at most, unless what is kept here is younger. */
  adopt<T>(endpoint: Description, key: string, properties: Properties, value: T, grant: Grant): void {
    const url = urlOf(endpoint, key);
    const kept = new CacheEntry(freezeDeep(value), properties, heldTo(grant, MAX_AGE_SECONDS * 1_000));
    this.#public.add(endpoint);
    const had = this.find<T>(endpoint, key, properties);
    if (!had || kept.ageMs() < had.ageMs()) this.#putHere(url, kept);
  }

  #put(url: string, endpoint: Description, key: string, kept: CacheEntry<unknown>): void {
    this.#putHere(url, kept);
    this.shared?.put(endpoint, key, kept.properties, kept);
  }

  /** In the second level too, kept here or not: another process may have put it there, unless the endpoint never is public. */
  #forget(url: string, endpoint: Description, key: string, properties: Properties): void {
    const variants = this.#variants.peek(url) ?? [];
    this.#variants.delete(url);
    if (!this.#public.has(endpoint)) return;
    this.shared?.forget(endpoint, key, [properties, ...variants.map((kept) => kept.properties)]);
  }

  #putHere(url: string, kept: CacheEntry<unknown>): void {
    const others = (this.#variants.get(url) ?? []).filter(({ properties }) => !covers(kept.properties, properties));
    this.#variants.set(url, [kept, ...others].slice(0, MAX_VARIANTS));
  }
}

// Names tell endpoints apart for people: two of one name may still read other rows, or the same ones by another key.
const beginnings = new WeakMap<Endpoint, string>();
let lastSerial = 0;

/** Each row has a URL of its own for the caching rules, whatever batch it came in; a list has one by its path. */
function urlOf(endpoint: Endpoint, key: string): string {
  let beginning = beginnings.get(endpoint);
  if (beginning === undefined) {
    lastSerial += 1;
    beginning = `${lastSerial} ${endpoint.service} `;
    beginnings.set(endpoint, beginning);
  }
  return beginning + key;
}
