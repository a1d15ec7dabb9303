/** Weight of a sample in the average: a single pause, as of garbage collection, is no overload. */
const WEIGHT = 0.2;

const SHRINK = 0.95;
const GROW = 1.05;

/** Below this share of the maximum the utilization is low: the limit recovers, however few requests there are. */
const LOW = 0.8;
/** From the least limit to 1,000 in seven seconds, at 20 samples a second. */
const RECOVER = 1.02;

/** There are always this many: as many as there are connections to a service by default. */
const LEAST = 64;

/** How many requests may be under way at once. */
export interface Admission {
  readonly limit: number;
  /** Tells it how busy the event loop was lately, from 0 to 1, and how many requests are under way. */
  note(utilization: number, inFlight: number): void;
}

/**
 * As many as `most` while the event loop has time to spare: requests that wait for a slow service cost nothing. While it
 * is busy for more than `maxUtilization`, fewer and fewer, down to what keeps it busy: more would only wait for each
 * other, and all that they hold meanwhile makes each of them cost more (in garbage collection, above all). The limit grows
 * again as soon as requests reach it, and slowly while the utilization is low: what a burst left behind must not refuse the next one.
 */
export function createAdmission(most: number, maxUtilization: number): Admission {
  const least = Math.min(LEAST, most);
  let limit = most;
  let average = 0;
  return {
    get limit() {
      return Math.floor(limit);
    },
    note(utilization, inFlight) {
      average += (utilization - average) * WEIGHT;
      if (average > maxUtilization) limit = Math.max(least, Math.min(limit, inFlight) * SHRINK);
      else if (inFlight >= limit / GROW) limit = Math.min(most, limit * GROW);
      else if (average < maxUtilization * LOW) limit = Math.min(most, limit * RECOVER);
    },
  };
}
