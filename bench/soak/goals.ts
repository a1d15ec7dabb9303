import { median } from '../harness/statistics.ts';
import { goodput, groups, latency, lengthMs, perSecond } from './figures.ts';
import type { Slice } from './slice.ts';
import { DEADLINE_MS, type HeapPoint, type Soaked } from './soak.ts';
import type { Stretch } from './stretch.ts';

/** One figure to reach. */
export interface Goal {
  readonly what: string;
  readonly reached: number;
  readonly bound: number;
  readonly unit: '%' | 'ms' | 'responses';
  readonly isMet: boolean;
}

/** Share of a core that other processes may use in any five seconds of the run. A quiet machine has up to 0.04. */
const OTHERS_LIMIT = 0.1;

const RECOVERY_LIMIT_MS = 5_000;

/** Answers are as quick as before where half of them take no longer than this many times what they did before. */
const AS_QUICK = 2;

/** It has recovered when all is well for this long. */
const WELL_MS = 1_000;

export function goalsOf({ peak, calm, overload, recovery, heap }: Soaked): Goal[] {
  const whole = perSecond(overload.slices, 'whole');
  return [
    atLeast('goodput, of its peak', (goodput(overload.slices) / peak.goodput) * 100, 90, '%'),
    atLeast('complete answers, of their peak', (whole / peak.whole) * 100, 90, '%'),
    atMost('p99 of what was let in', latency(overload.slices, 0.99), DEADLINE_MS, 'ms'),
    atMost('heap in the last third, of that in the first', heapGrowth(heap) * 100, 105, '%'),
    atMost('wrong responses in the whole run', wrongIn(peak.steps, [calm, overload, recovery]), 0, 'responses'),
    atMost('recovery', recoveryMs(recovery.slices, calm.slices), RECOVERY_LIMIT_MS, 'ms'),
  ];
}

const atLeast = (what: string, reached: number, bound: number, unit: Goal['unit']): Goal => ({
  what,
  reached,
  bound,
  unit,
  isMet: reached >= bound,
});

const atMost = (what: string, reached: number, bound: number, unit: Goal['unit']): Goal => ({
  what,
  reached,
  bound,
  unit,
  isMet: reached <= bound,
});

/** How many responses were neither good nor late nor refused, in any part of the run. */
export function wrongIn(...parts: readonly (readonly Stretch[])[]): number {
  return parts.flat().reduce((sum, { slices }) => sum + slices.reduce((own, { wrong }) => own + wrong, 0), 0);
}

/**
 * Why the run allows no verdict; undefined where it does. The figures are rates on one core each, so another process that used either
 * core makes them too low or too late.
 */
export function noVerdict({ peak, calm, overload, recovery }: Soaked): string | undefined {
  const parts = [...peak.steps, calm, overload, recovery];
  const [server, load] = [
    Math.max(...parts.map(({ cpu }) => cpu.worst.others)),
    Math.max(...parts.map(({ cpu }) => cpu.worst.othersOfLoad)),
  ];
  if (Math.max(server, load) <= OTHERS_LIMIT) return undefined;
  const percent = (share: number) => `${Math.round(share * 100)}%`;
  return `No verdict: other processes used up to ${percent(server)} of the server's core and ${percent(load)} of the load's core (at most ${percent(OTHERS_LIMIT)} is allowed). Run the soak again on an idle machine.`;
}

/** The median of the last third of the points, divided by that of the first third. */
export function heapGrowth(heap: readonly HeapPoint[]): number {
  const bytes = heap.map(({ usedBytes }) => usedBytes);
  const third = Math.floor(bytes.length / 3);
  return median(bytes.slice(-third)) / median(bytes.slice(0, third));
}

/**
 * How long after the load went away all is well again, and stays so for a second: every answer is good and in time, nobody
 * is refused, and the median is no more than twice what it was before the overload. Infinite where it never is.
 */
export function recoveryMs(slices: readonly Slice[], before: readonly Slice[]): number {
  const quickMs = latency(before, 0.5) * AS_QUICK;
  let recoveredMs = 0;
  let ms = 0;
  for (const slice of slices) {
    ms += slice.tookMs;
    if (!isWell(slice, quickMs)) recoveredMs = ms;
    else if (ms - recoveredMs >= WELL_MS) return recoveredMs;
  }
  return Number.POSITIVE_INFINITY;
}

function isWell(slice: Slice, quickMs: number): boolean {
  return slice.refused + slice.late + slice.wrong === 0 && latency([slice], 0.5) <= quickMs;
}

/** The least goodput of any ten seconds in a row. */
export function worstGoodput(slices: readonly Slice[], ofMs = 10_000): number {
  const whole = groups(slices, ofMs).filter((group) => lengthMs(group) > ofMs / 2);
  return Math.min(...whole.map(goodput));
}
