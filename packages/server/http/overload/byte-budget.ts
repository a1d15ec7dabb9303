/** The bytes that this process holds for one caller. */
export interface Holding {
  add(bytes: number): void;
  /** Releases all bytes. Further calls have no effect. */
  release(): void;
}

/**
 * Bounds the bytes that this process holds for all callers. Above the limit it evicts the oldest holder: the bytes of ordinary callers are
 * held for milliseconds, so this evicts slow callers first.
 */
export class ByteBudget {
  readonly #limit: number;
  /** The oldest first. */
  readonly #holders = new Set<Holder>();
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  /** `evict` is called at most once, after the bytes were released. */
  hold(evict: () => void): Holding {
    const holder: Holder = { bytes: 0, evict };
    this.#holders.add(holder);
    return {
      add: (bytes) => {
        if (!this.#holders.has(holder)) return;
        holder.bytes += bytes;
        this.#held += bytes;
        this.#enforce();
      },
      release: () => this.#release(holder),
    };
  }

  #enforce(): void {
    for (const holder of this.#holders) {
      if (this.#held <= this.#limit) return;
      this.#release(holder);
      holder.evict();
    }
  }

  #release(holder: Holder): void {
    if (this.#holders.delete(holder)) this.#held -= holder.bytes;
  }
}

interface Holder {
  bytes: number;
  readonly evict: () => void;
}
