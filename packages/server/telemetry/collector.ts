import type { Histogram } from './histogram.ts';

export type Labels = Readonly<Record<string, string>>;

/** Figures of one kind, told apart by their labels: counted where it happens, read when somebody asks for the page. */
export interface Collector {
  /** By Prometheus' conventions: the base unit at the end, and `_total` after it where it only grows. */
  readonly name: `facet_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** All figures that there are now. */
  read(): Iterable<readonly [labels: Labels, value: number | Histogram]>;
}
