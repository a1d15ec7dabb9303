/** Seconds that a request or a call takes: from what is quick to a deadline, few enough to have them per screen and version. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3] as const;

/** How many values were at most as large as each of some bounds. */
export class Histogram {
  readonly bounds: readonly number[];
  /** Values up to each bound and above the one before it; at the end those above all. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  /** `bounds` are in ascending order. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array<number>(bounds.length + 1).fill(0);
  }

  note(value: number): void {
    const { bounds, counts } = this;
    let index = 0;
    while (index < bounds.length && value > Number(bounds[index])) index += 1;
    counts[index] = (counts[index] ?? 0) + 1;
    this.sum += value;
    this.count += 1;
  }
}
