/** What becomes of one call to a service that is slow and flaky. */
export interface Symptom {
  readonly delayMs: number;
  /** The status that it answers in place of its answer, or that it resets the connection. */
  readonly fault: 500 | 503 | 'reset' | undefined;
}

/** Half of the calls take longer than this, one in a hundred ten times as long. */
export const MEDIAN_MS = 12;
const SPREAD = 1;

/** Longer than a BFF waits for a service by default (SERVICE_TIMEOUT_MS). */
export const STALL_MS = 3_000;

/** Shares of the calls; the others are answered well, though slowly. */
export const SHARES = { stall: 0.002, 500: 0.01, 503: 0.01, reset: 0.01 } as const;

/** The symptoms of one call after another, drawn from `random`. */
export function createIllness(random: () => number): () => Symptom {
  return () => {
    const isStalled = random() < SHARES.stall;
    const delayMs = isStalled ? STALL_MS : MEDIAN_MS * Math.exp(SPREAD * normal(random));
    return { delayMs, fault: isStalled ? undefined : faultOf(random()) };
  };
}

function faultOf(chance: number): Symptom['fault'] {
  if (chance < SHARES[500]) return 500;
  if (chance < SHARES[500] + SHARES[503]) return 503;
  return chance < SHARES[500] + SHARES[503] + SHARES.reset ? 'reset' : undefined;
}

/** Normally distributed around 0, with a deviation of 1 (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
