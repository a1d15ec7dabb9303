import type { WatchedCpu } from './cpu.ts';
import type { Slice } from './slice.ts';

/** A while at one rate, and what came of it. */
export interface Stretch {
  readonly perSecond: number;
  readonly slices: readonly Slice[];
  readonly cpu: WatchedCpu;
}

/** Offers this many requests a second for so long. The last slice may come a moment later. */
export type Hold = (perSecond: number, forMs: number) => Promise<Stretch>;
