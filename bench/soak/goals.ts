import { median } from '../harness/statistics.ts';
import { goodput, groups, latency, lengthMs, perSecond, type Slice, type Stretch } from './figures.ts';
import { DEADLINE_MS, type HeapPoint, type Soaked } from './soak.ts';

/** A goal with its measured value. */
export interface Goal {
  readonly what: string;
  readonly reached: number;
  readonly bound: number;
  readonly unit: '%' | 'ms' | 'responses';
  readonly isMet: boolean;
}

/** Maximum share of a core that other processes may use in any five seconds. On an idle machine it is up to 0.04. */
const OTHERS_LIMIT = 0.1;

const RECOVERY_LIMIT_MS = 5_000;

/** After recovery, the median latency is at most this multiple of the median before the overload. */
const MAX_SLOWDOWN = 2;

/** The server has recovered when it is healthy for this long. */
const HEALTHY_MS = 1_000;

export function goalsOf({ peak, calm, overload, recovery, heap }: Soaked): Goal[] {
  const whole = perSecond(overload.slices, 'whole');
  return [
    atLeast('goodput relative to its peak', (goodput(overload.slices) / peak.goodput) * 100, 90, '%'),
    atLeast('complete responses relative to their peak', (whole / peak.whole) * 100, 90, '%'),
    atMost('p99 of admitted requests', latency(overload.slices, 0.99), DEADLINE_MS, 'ms'),
    atMost('heap in the last third relative to the first', heapGrowth(heap) * 100, 105, '%'),
    atMost('wrong responses in the whole run', wrongIn(peak.steps, [calm, overload, recovery]), 0, 'responses'),
    atMost('recovery time', recoveryMs(recovery.slices, calm.slices), RECOVERY_LIMIT_MS, 'ms'),
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

/** The number of wrong responses in all phases. */
export function wrongIn(...parts: readonly (readonly Stretch[])[]): number {
  return parts.flat().reduce((sum, { slices }) => sum + slices.reduce((own, { wrong }) => own + wrong, 0), 0);
}

/**
 * The reason why the run is invalid; undefined if it is valid. Other processes on either core lower the measured rates and increase the
 * latencies.
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

/** The median heap size of the last third of the points divided by that of the first third. */
export function heapGrowth(heap: readonly HeapPoint[]): number {
  const bytes = heap.map(({ usedBytes }) => usedBytes);
  const third = Math.floor(bytes.length / 3);
  return median(bytes.slice(-third)) / median(bytes.slice(0, third));
}

/**
 * Time in milliseconds from the end of the overload until the server stays healthy for a second: no response is refused, late or wrong,
 * and the median latency is at most twice that before the overload. Infinity if it does not recover.
 */
export function recoveryMs(slices: readonly Slice[], before: readonly Slice[]): number {
  const limitMs = latency(before, 0.5) * MAX_SLOWDOWN;
  let recoveredMs = 0;
  let ms = 0;
  for (const slice of slices) {
    ms += slice.tookMs;
    if (!isHealthy(slice, limitMs)) recoveredMs = ms;
    else if (ms - recoveredMs >= HEALTHY_MS) return recoveredMs;
  }
  return Number.POSITIVE_INFINITY;
}

function isHealthy(slice: Slice, limitMs: number): boolean {
  return slice.refused + slice.late + slice.wrong === 0 && latency([slice], 0.5) <= limitMs;
}

/** The lowest goodput of any ten consecutive seconds. */
export function worstGoodput(slices: readonly Slice[], ofMs = 10_000): number {
  const whole = groups(slices, ofMs).filter((group) => lengthMs(group) > ofMs / 2);
  return Math.min(...whole.map(goodput));
}
