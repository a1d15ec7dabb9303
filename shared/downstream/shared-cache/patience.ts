/** Longest time that a request waits for the shared cache, all its looks together, in milliseconds. */
export const LONGEST_WAIT_MS = 20;

/** With less than this left a look is not worth it; and a store that needs longer is slow. */
const LEAST_WAIT_MS = 5;

/** What is left of the time that one request waits. Looks under way at once take their time together. */
export class Patience {
  #spentMs = 0;
  #looks = 0;
  #since = 0;

  /** Milliseconds that a look may take which begins now; 0 where there is to be none. */
  leftMs(): number {
    const underWayMs = this.#looks === 0 ? 0 : performance.now() - this.#since;
    const leftMs = LONGEST_WAIT_MS - this.#spentMs - underWayMs;
    return leftMs < LEAST_WAIT_MS ? 0 : leftMs;
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
