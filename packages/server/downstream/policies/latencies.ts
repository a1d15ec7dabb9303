/** Calls that are looked back on, and the fewest that say anything. */
const SAMPLES = 200;
const FEWEST = 20;

/** How long the last calls of an endpoint took. */
export interface Latencies {
  note(milliseconds: number): void;
  /** What 95 of 100 calls do not take longer than; undefined as long as there were too few. */
  p95Ms(): number | undefined;
}

export function createLatencies(): Latencies {
  const samples: number[] = [];
  let next = 0;
  return {
    note(milliseconds) {
      samples[next] = milliseconds;
      next = (next + 1) % SAMPLES;
    },
    p95Ms() {
      if (samples.length < FEWEST) return undefined;
      return samples.toSorted((a, b) => a - b)[Math.ceil(0.95 * samples.length) - 1];
    },
  };
}
