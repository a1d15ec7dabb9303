/** Bytes that one caller makes this process hold. */
export interface Holding {
  add(bytes: number): void;
  /** Gives all of them back; once is enough, and more often does nothing. */
  release(): void;
}

/**
 * A bound on the bytes that callers make this process hold together. Past the limit it evicts whoever began to hold some first:
 * the bytes of ordinary callers are there for milliseconds, so that slow callers lose their place before anyone else does.
 */
export class ByteBudget {
  readonly #limit: number;
  /** In the order in which they began. */
  readonly #holders = new Set<Holder>();
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  /** `evict` is called at most once, when the bytes are given back already. */
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
