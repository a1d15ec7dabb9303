import type { CacheEntry } from '../cache-entry.ts';
import { MAX_AGE_SECONDS, MAX_ENTRY_BYTES, textOf } from './entry.ts';
import type { Change, Store } from './store.ts';

/** Changes that wait at most, where one more is to be written; it is dropped. They hold on to values that are kept here anyway. */
const MOST_WAITING = 2_000;

/** And where something has to go, which nobody else may see to: what is to be written takes none of this room from it. */
const MOST_WAITING_TO_GO = 2 * MOST_WAITING;

/** Changes that are sent together. */
const AT_ONCE = 100;

/** What is of use for less than this is not worth writing. */
const SHORTEST_TTL_MS = 1_000;

/** Changes of the store that nobody waits for. A value that is replaced before it was written is not written. */
export class WriteBehind {
  written = 0;
  /** Changes that the store did not make. */
  failed = 0;
  /** Changes for which there was no room. */
  dropped = 0;
  /** Values that are too large. */
  tooLarge = 0;
  readonly #store: Store;
  /** By the row or list that they are of, and by name; null where what is there has to go. */
  readonly #waiting = new Map<string, Map<string, CacheEntry<unknown> | null>>();
  #count = 0;
  #isFlushing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get waiting(): number {
    return this.#count;
  }

  /** Writes a row or list, in one of its sets of properties, under this name. */
  put(row: string, name: string, kept: CacheEntry<unknown>): void {
    // What has to go goes, but where something that is worth writing takes its place.
    const hasToGo = this.#waiting.get(row)?.get(name) === null;
    if (!hasToGo || this.#changeTo(kept, 0) !== undefined) this.#add(row, name, kept);
  }

  /** What is under these names goes, and under all names of this row or list that wait to be written. */
  forget(row: string, names: readonly string[]): void {
    const waiting = this.#waiting.get(row)?.keys() ?? [];
    for (const name of [...waiting, ...names]) this.#add(row, name, null);
  }

  #add(row: string, name: string, kept: CacheEntry<unknown> | null): void {
    const names = this.#waiting.get(row) ?? new Map<string, CacheEntry<unknown> | null>();
    if (!names.has(name)) {
      if (this.#count >= (kept === null ? MOST_WAITING_TO_GO : MOST_WAITING)) {
        this.dropped += 1;
        return;
      }
      this.#count += 1;
    }
    this.#waiting.set(row, names.set(name, kept));
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // The answer that is being put together comes first; what is kept meanwhile goes along.
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#count > 0) {
      const storeMs = await this.#store.clockMs().catch(() => undefined);
      const changes = this.#take(storeMs);
      const made = changes.size === 0 ? 0 : await this.#store.write(changes).catch(() => 0);
      this.written += made;
      this.failed += changes.size - made;
    }
    this.#isFlushing = false;
  }

  #take(storeMs: number | undefined): ReadonlyMap<string, Change> {
    const changes = new Map<string, Change>();
    for (const [row, names] of this.#waiting) {
      for (const [name, kept] of names) {
        if (changes.size === AT_ONCE) return changes;
        names.delete(name);
        this.#count -= 1;
        const change = kept && this.#changeTo(kept, storeMs);
        if (change !== undefined) changes.set(name, change);
      }
      this.#waiting.delete(row);
    }
    return changes;
  }

  /** Undefined where it is not to be written, or cannot be since the store's clock is not known. */
  #changeTo(kept: CacheEntry<unknown>, storeMs: number | undefined): Change | undefined {
    const ttlMs = Math.floor(Math.min(MAX_AGE_SECONDS * 1_000 - kept.ageMs(), kept.usefulMs()));
    if (ttlMs < SHORTEST_TTL_MS) return undefined;
    const text = storeMs === undefined ? undefined : written(kept, storeMs);
    if (text === undefined) this.failed += 1;
    else if (Buffer.byteLength(text) <= MAX_ENTRY_BYTES) return { text, ttlMs };
    else this.tooLarge += 1;
    return undefined;
  }
}

/** Undefined where that cannot be done: a service may answer what is too deep for it. */
function written(kept: CacheEntry<unknown>, storeMs: number): string | undefined {
  try {
    return textOf(kept, storeMs);
  } catch {
    return undefined;
  }
}
