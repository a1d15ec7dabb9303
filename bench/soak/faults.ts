/** The delay and the fault of one call to a slow and flaky service. */
export interface CallFault {
  readonly delayMs: number;
  /** The status that replaces the response, or a connection reset. */
  readonly fault: 500 | 503 | 'reset' | undefined;
}

/** Median delay. One call in a hundred takes about ten times as long (log-normal distribution). */
export const MEDIAN_MS = 12;
const SPREAD = 1;

/** Longer than the default SERVICE_TIMEOUT_MS of a BFF. */
export const STALL_MS = 3_000;

/** Shares of calls with a fault. All other calls succeed after a delay. */
export const SHARES = { stall: 0.002, 500: 0.01, 503: 0.01, reset: 0.01 } as const;

/** Returns a function that draws the fault of the next call from `random`. */
export function createFaults(random: () => number): () => CallFault {
  return () => {
    const isStalled = random() < SHARES.stall;
    const delayMs = isStalled ? STALL_MS : MEDIAN_MS * Math.exp(SPREAD * normal(random));
    return { delayMs, fault: isStalled ? undefined : faultOf(random()) };
  };
}

function faultOf(chance: number): CallFault['fault'] {
  if (chance < SHARES[500]) return 500;
  if (chance < SHARES[500] + SHARES[503]) return 503;
  return chance < SHARES[500] + SHARES[503] + SHARES.reset ? 'reset' : undefined;
}

/** A standard normal random number (Box-Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Random numbers from 0 (inclusive) to 1 (exclusive), determined by the seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
