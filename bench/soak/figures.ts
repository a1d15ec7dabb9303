import { quantile } from '../harness/statistics.ts';
import type { Slice } from './slice.ts';

/** A count of slices. */
export type Count = 'offered' | 'whole' | 'partial' | 'late' | 'refused' | 'wrong';

/** How many of these there were a second. */
export function perSecond(slices: readonly Slice[], ...counts: readonly Count[]): number {
  const sum = slices.reduce((all, slice) => all + counts.reduce((own, count) => own + slice[count], 0), 0);
  return (sum * 1_000) / lengthMs(slices);
}

/** Good answers a second: 200, complete or with gaps that say why, within the deadline. */
export const goodput = (slices: readonly Slice[]): number => perSecond(slices, 'whole', 'partial');

export const lengthMs = (slices: readonly Slice[]): number => slices.reduce((all, { tookMs }) => all + tookMs, 0);

/** The milliseconds that this share of the requests did not take longer than. */
export function latency(slices: readonly Slice[], share: number, whose: 'admittedMs' | 'refusedMs' = 'admittedMs') {
  return quantile(
    slices.flatMap((slice) => slice[whose]),
    share,
  );
}

/** The slices in groups of about this many milliseconds, in order. */
export function groups(slices: readonly Slice[], ofMs: number): Slice[][] {
  const all: Slice[][] = [];
  let ms = 0;
  for (const slice of slices) {
    const index = Math.floor(ms / ofMs);
    all[index] = [...(all[index] ?? []), slice];
    ms += slice.tookMs;
  }
  return all.filter((group) => group !== undefined);
}
