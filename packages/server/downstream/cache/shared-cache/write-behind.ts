import type { CacheEntry } from '../cache-entry.ts';
import { MAX_AGE_SECONDS, MAX_ENTRY_BYTES, textOf } from './entry.ts';
import type { Change, Store } from './store.ts';

/** Most writes that wait; further ones are dropped. They hold values that the entity cache holds anyway. */
const MAX_WAITING_WRITES = 2_000;

/** Most changes that wait before a deletion is dropped. Deletions have their own room, because no other process may do them. */
const MAX_WAITING = 2 * MAX_WAITING_WRITES;

/** Most changes that are sent together. */
const MAX_BATCH = 100;

/** An entry that is usable for less than this is not worth writing. */
const MIN_TTL_MS = 1_000;

/** Sends changes to the store in the background. An entry that is replaced before it was sent is not sent. */
export class WriteBehind {
  written = 0;
  /** Changes that the store did not apply. */
  failed = 0;
  /** Changes for which there was no room. */
  dropped = 0;
  /** Entries that were too large. */
  tooLarge = 0;
  readonly #store: Store;
  /** Waiting changes by row or list, then by name; null is a deletion. */
  readonly #waiting = new Map<string, Map<string, CacheEntry<unknown> | null>>();
  #count = 0;
  #isFlushing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get waiting(): number {
    return this.#count;
  }

  /** Writes a row or list, with one of its sets of properties, under this name. */
  put(row: string, name: string, entry: CacheEntry<unknown>): void {
    // Only an entry that is worth writing replaces a waiting deletion.
    const isDeletion = this.#waiting.get(row)?.get(name) === null;
    if (!isDeletion || this.#changeTo(entry, 0) !== undefined) this.#add(row, name, entry);
  }

  /** Deletes the entries with these names, and cancels all waiting writes of this row or list. */
  forget(row: string, names: readonly string[]): void {
    const waiting = this.#waiting.get(row)?.keys() ?? [];
    for (const name of [...waiting, ...names]) this.#add(row, name, null);
  }

  #add(row: string, name: string, entry: CacheEntry<unknown> | null): void {
    const names = this.#waiting.get(row) ?? new Map<string, CacheEntry<unknown> | null>();
    if (!names.has(name)) {
      if (this.#count >= (entry === null ? MAX_WAITING : MAX_WAITING_WRITES)) {
        this.dropped += 1;
        return;
      }
      this.#count += 1;
    }
    this.#waiting.set(row, names.set(name, entry));
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // Requests come first. Changes that arrive meanwhile are sent too.
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#count > 0) {
      const storeMs = await this.#store.clockMs().catch(() => undefined);
      const changes = this.#take(storeMs);
      const applied = changes.size === 0 ? 0 : await this.#store.write(changes).catch(() => 0);
      this.written += applied;
      this.failed += changes.size - applied;
    }
    this.#isFlushing = false;
  }

  #take(storeMs: number | undefined): ReadonlyMap<string, Change> {
    const changes = new Map<string, Change>();
    for (const [row, names] of this.#waiting) {
      for (const [name, entry] of names) {
        if (changes.size === MAX_BATCH) return changes;
        names.delete(name);
        this.#count -= 1;
        const change = entry && this.#changeTo(entry, storeMs);
        if (change !== undefined) changes.set(name, change);
      }
      this.#waiting.delete(row);
    }
    return changes;
  }

  /** The change that writes an entry; undefined when it is not worth writing, too large, or the store's clock is unknown. */
  #changeTo(entry: CacheEntry<unknown>, storeMs: number | undefined): Change | undefined {
    const ttlMs = Math.floor(Math.min(MAX_AGE_SECONDS * 1_000 - entry.ageMs(), entry.usefulMs()));
    if (ttlMs < MIN_TTL_MS) return undefined;
    const text = storeMs === undefined ? undefined : serialized(entry, storeMs);
    if (text === undefined) this.failed += 1;
    else if (Buffer.byteLength(text) <= MAX_ENTRY_BYTES) return { text, ttlMs };
    else this.tooLarge += 1;
    return undefined;
  }
}

/** The text of an entry; undefined when it cannot be serialized, for example because it is nested too deeply. */
function serialized(entry: CacheEntry<unknown>, storeMs: number): string | undefined {
  try {
    return textOf(entry, storeMs);
  } catch {
    return undefined;
  }
}
