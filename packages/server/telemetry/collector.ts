export type Labels = Readonly<Record<string, string>>;

/** A metric with labels. Its values are plain numbers, which are read when the metrics page is requested. */
export interface Collector {
  /** Name by Prometheus' conventions: it ends with the base unit, and counters with `_total` after it. */
  readonly name: `facet_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Yields all current values. */
  read(): Iterable<readonly [labels: Labels, value: number | Histogram]>;
}

/** Bounds of the duration of requests and calls, in seconds. They are few, because there is a histogram per screen and version. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3] as const;

/** Counts values by upper bound. */
export class Histogram {
  readonly bounds: readonly number[];
  /** Number of values up to each bound and above the previous one. The last is the number of values above all bounds. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  /** `bounds` must ascend. */
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
