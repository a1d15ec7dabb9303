import type { RequestContext } from '../../../request/context.ts';
import type { Logger } from '../../../telemetry/log.ts';
import type { Description } from '../../endpoint.ts';
import type { Properties } from '../../sparse.ts';
import type { CacheEntry } from '../cache-entry.ts';
import { entryIn, type SharedEntry } from './entry.ts';
import { createNames, type ServiceUrls } from './names.ts';
import { Reads } from './reads.ts';
import type { Store } from './store.ts';
import { WriteBehind } from './write-behind.ts';

export interface SharedCacheSettings extends Sharing {
  /** URL of Redis, or of a server with its protocol. It may hold a password. */
  readonly url: string;
}

/** Opens the shared cache; undefined without settings, so that no Redis client is loaded. Does not wait for the connection. */
export async function openSharedCache(
  settings: SharedCacheSettings | undefined,
  services: ServiceUrls,
  log: Logger,
): Promise<SharedCache | undefined> {
  if (!settings) return undefined;
  const { connectRedis } = await import('./redis.ts');
  return new SharedCache(connectRedis(settings.url, log), services, settings, log);
}

/** Most bytes of one lookup, the same as of a service's response: parsing them blocks all requests. */
const MAX_LOOKUP_BYTES = 5 * 1024 * 1024;

/** How a process uses the shared cache. */
export interface Sharing {
  /** Longest time, in milliseconds, that a request waits for all its lookups together. */
  readonly waitMs: number;
  /** Prefix of all keys, for environments that share a store but no rows. */
  readonly prefix?: string | undefined;
}

/** Lookups of rows or lists of one endpoint in the store. */
export interface SharedLookups {
  readonly endpoint: Description;
  found: number;
  missed: number;
  /** There was an entry, but not a usable one. */
  unusable: number;
  /** The store did not reply, or was not asked. */
  unasked: number;
}

/**
 * A cache that processes share, behind the entity cache of each. It holds what the entity caches store, and serves what an entity
 * cache lacks, with one lookup for all keys of a batch.
 */
export class SharedCache {
  readonly reads: Reads;
  readonly writes: WriteBehind;
  readonly #store: Store;
  readonly #names: ReturnType<typeof createNames>;
  readonly #lookups = new Map<object, SharedLookups>();

  /** Rows from different service URLs are never shared. */
  constructor(store: Store, services: ServiceUrls, { waitMs, prefix }: Sharing, log: Logger) {
    this.#store = store;
    this.#names = createNames(services, prefix);
    this.reads = new Reads(store, waitMs, log);
    this.writes = new WriteBehind(store);
  }

  get lookups(): Iterable<SharedLookups> {
    return this.#lookups.values();
  }

  /** Looks up the usable entries of these keys. Never rejects, and takes no longer than a request may wait. */
  async find(
    endpoint: Description,
    keys: readonly string[],
    properties: Properties,
    request: RequestContext,
  ): Promise<ReadonlyMap<string, SharedEntry>> {
    const entries = new Map<string, SharedEntry>();
    const lookups = this.#lookupsOf(endpoint);
    const lookup = await this.reads.of(keys.map(this.#names(endpoint, properties)), request);
    if (!lookup) {
      lookups.unasked += keys.length;
      return entries;
    }
    // A server that only pretends to be Redis may reply with anything.
    const texts = Array.isArray(lookup.values) ? lookup.values : [];
    let bytes = 0;
    keys.forEach((key, index) => {
      const text = texts[index] ?? null;
      bytes += text?.length ?? 0;
      const entry = text === null || bytes > MAX_LOOKUP_BYTES ? undefined : entryIn(text, endpoint, key, lookup);
      if (entry) entries.set(key, entry);
      lookups[entry ? 'found' : text === null ? 'missed' : 'unusable'] += 1;
    });
    return entries;
  }

  /** Writes an entry in the background. */
  put(endpoint: Description, key: string, properties: Properties, entry: CacheEntry<unknown>): void {
    // While the circuit is open, writes would only fill the queue. A later response writes the row again.
    if (this.reads.isClosed) this.writes.put(this.#rowOf(endpoint, key), this.#names(endpoint, properties)(key), entry);
    else this.writes.dropped += 1;
  }

  /**
   * Deletes a row or list in the background, with each of these sets of properties. It is attempted even while the circuit is
   * open, because no other process may do it.
   */
  forget(endpoint: Description, key: string, variants: readonly Properties[]): void {
    const names = variants.map((properties) => this.#names(endpoint, properties)(key));
    this.writes.forget(this.#rowOf(endpoint, key), names);
  }

  close(): void {
    this.#store.close();
  }

  /** The name with all properties stands for the row with any of them. */
  #rowOf(endpoint: Description, key: string): string {
    return this.#names(endpoint, undefined)(key);
  }

  #lookupsOf(endpoint: Description): SharedLookups {
    let lookups = this.#lookups.get(endpoint);
    if (!lookups) {
      lookups = { endpoint, found: 0, missed: 0, unusable: 0, unasked: 0 };
      this.#lookups.set(endpoint, lookups);
    }
    return lookups;
  }
}
