/** With less than this share left of its time a request looks no more: a store that needs all of that is slow. */
const LEAST_SHARE = 1 / 4;

/** What is left of the time that one request waits. Looks under way at once take their time together. */
export class WaitBudget {
  #spentMs = 0;
  #looks = 0;
  #since = 0;
  readonly #longestMs: number;

  /** `longestMs` is what all looks of the request may take together. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** Milliseconds that a look may take which begins now; 0 where there is to be none. */
  leftMs(): number {
    const underWayMs = this.#looks === 0 ? 0 : performance.now() - this.#since;
    const leftMs = this.#longestMs - this.#spentMs - underWayMs;
    return leftMs < this.#longestMs * LEAST_SHARE ? 0 : leftMs;
  }

  begin(): void {
    if (this.#looks === 0) this.#since = performance.now();
    this.#looks += 1;
  }

  end(): void {
    this.#looks -= 1;
    if (this.#looks === 0) this.#spentMs += performance.now() - this.#since;
  }
}
