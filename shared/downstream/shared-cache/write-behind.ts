import type { Kept } from '../kept.ts';
import { MAX_ENTRY_BYTES, textOf } from './entry.ts';
import type { Change, Store } from './store.ts';

/** Changes that wait at most; others are dropped. They hold on to values that are kept here anyway. */
const MOST_WAITING = 2_000;

/** Changes that are sent together. */
const AT_ONCE = 100;

/** Longest time that an entry stays, in milliseconds: what no release reads any more has to go some day. */
const LONGEST_TTL_MS = 24 * 60 * 60 * 1_000;

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
  /** By name; null where what is there has to go. */
  readonly #waiting = new Map<string, Kept<unknown> | null>();
  #isFlushing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  put(name: string, kept: Kept<unknown> | null): void {
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(name)) {
      this.dropped += 1;
      return;
    }
    this.#waiting.set(name, kept);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // The answer that is being put together comes first; what is kept meanwhile goes along.
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#waiting.size > 0) {
      const changes = this.#take();
      const made = changes.size === 0 ? 0 : await this.#store.write(changes).catch(() => 0);
      this.written += made;
      this.failed += changes.size - made;
    }
    this.#isFlushing = false;
  }

  #take(): ReadonlyMap<string, Change> {
    const changes = new Map<string, Change>();
    for (const [name, kept] of this.#waiting) {
      if (changes.size === AT_ONCE) break;
      this.#waiting.delete(name);
      const change = kept && this.#changeTo(kept);
      if (change !== undefined) changes.set(name, change);
    }
    return changes;
  }

  /** Undefined where it is not to be written. */
  #changeTo(kept: Kept<unknown>): Change | undefined {
    const ttlMs = Math.min(LONGEST_TTL_MS, Math.floor(kept.usefulMs()));
    if (ttlMs < SHORTEST_TTL_MS) return undefined;
    const text = textOf(kept);
    if (Buffer.byteLength(text) <= MAX_ENTRY_BYTES) return { text, ttlMs };
    this.tooLarge += 1;
    return undefined;
  }
}
