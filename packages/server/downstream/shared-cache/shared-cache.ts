import type { RequestContext } from '../../request/context.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CacheEntry } from '../cache-entry.ts';
import type { Description } from '../endpoint.ts';
import type { Properties } from '../sparse.ts';
import { entryIn, type SharedEntry } from './entry.ts';
import { createNames, type ServiceUrls } from './names.ts';
import { Reads } from './reads.ts';
import type { Store } from './store.ts';
import { WriteBehind } from './write-behind.ts';

/** Most that is read of one look, in bytes, as of one answer of a service: parsing it holds all requests up. */
const MAX_LOOK_BYTES = 5 * 1024 * 1024;

/** How a process shares what it keeps. */
export interface Sharing {
  /** Longest time that a request waits for the store, all its looks together. */
  readonly waitMs: number;
  /** What every key begins with, where environments share a store and are to share no rows. */
  readonly prefix?: string | undefined;
}

/** How often rows or lists of one endpoint were looked for in the store. */
export interface SharedLookups {
  readonly endpoint: Description;
  found: number;
  missed: number;
  /** There was something, but nothing that can be used. */
  unusable: number;
  /** The store did not answer, or was not asked. */
  unasked: number;
}

/**
 * The second level of the entity cache, which processes share. It has what the first levels keep, and nothing else; it is
 * asked for what a first level lacks, one look for all keys of a batch.
 */
export class SharedCache {
  readonly reads: Reads;
  readonly writes: WriteBehind;
  readonly #store: Store;
  readonly #names: ReturnType<typeof createNames>;
  readonly #lookups = new Map<object, SharedLookups>();

  /** `services` are where they are asked: rows of two places are never the same. */
  constructor(store: Store, services: ServiceUrls, { waitMs, prefix }: Sharing, log: Logger) {
    this.#store = store;
    this.#names = createNames(services, prefix);
    this.reads = new Reads(store, waitMs, log);
    this.writes = new WriteBehind(store);
  }

  get lookups(): Iterable<SharedLookups> {
    return this.#lookups.values();
  }

  /**
   * What other processes have kept of these, by their keys. Never rejects, whatever the store says, and takes no longer than a
   * request may wait.
   */
  async find(
    endpoint: Description,
    keys: readonly string[],
    properties: Properties,
    request: RequestContext,
  ): Promise<ReadonlyMap<string, SharedEntry>> {
    const entries = new Map<string, SharedEntry>();
    const lookups = this.#lookupsOf(endpoint);
    const look = await this.reads.of(keys.map(this.#names(endpoint, properties)), request);
    if (!look) {
      lookups.unasked += keys.length;
      return entries;
    }
    // Whatever stands in the place of the store may have answered anything.
    const texts = Array.isArray(look.values) ? look.values : [];
    let bytes = 0;
    keys.forEach((key, index) => {
      const text = texts[index] ?? null;
      bytes += text?.length ?? 0;
      const entry = text === null || bytes > MAX_LOOK_BYTES ? undefined : entryIn(text, endpoint, key, look);
      if (entry) entries.set(key, entry);
      lookups[entry ? 'found' : text === null ? 'missed' : 'unusable'] += 1;
    });
    return entries;
  }

  /** Notes what a first level keeps from now on; nobody waits for it to be written. */
  put(endpoint: Description, key: string, properties: Properties, kept: CacheEntry<unknown>): void {
    // A store that does not answer would only fill the queue: who comes next writes it.
    if (this.reads.isClosed) this.writes.put(this.#rowOf(endpoint, key), this.#names(endpoint, properties)(key), kept);
    else this.writes.dropped += 1;
  }

  /**
   * Notes that a row or list is not to be kept any more, in none of these sets of properties. That is tried even where the
   * store is left alone: nobody else may come to do it.
   */
  forget(endpoint: Description, key: string, variants: readonly Properties[]): void {
    const names = variants.map((properties) => this.#names(endpoint, properties)(key));
    this.writes.forget(this.#rowOf(endpoint, key), names);
  }

  close(): void {
    this.#store.close();
  }

  /** What it is called in whole stands for it in all its properties. */
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
