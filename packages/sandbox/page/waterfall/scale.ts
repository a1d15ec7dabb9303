import type { Explanation } from '@facet/server/internal/http/sandbox/protocol.ts';

/** The time axis of a waterfall, from the start of the request. */
export interface Scale {
  readonly endMs: number;
  readonly ticks: readonly number[];
  /** Position of a time on the axis, in percent. */
  at(ms: number): number;
}

/** Approximate number of ticks. */
const TICKS = 5;

/** The axis is as long as the request. It includes the deadline if that is at most twice as long. */
export function scaleOf({ totalMs, deadlineMs, calls }: Pick<Explanation, 'totalMs' | 'deadlineMs' | 'calls'>): Scale {
  const longest = Math.max(totalMs, 1, ...calls.map(({ endMs }) => endMs ?? 0));
  const endMs = deadlineMs <= longest * 2 ? Math.max(longest, deadlineMs) * 1.02 : longest;
  const step = stepFor(endMs / TICKS);
  const ticks = Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
  return { endMs, ticks, at: (ms) => (100 * Math.min(ms, endMs)) / endMs };
}

/** Rounds up to 1, 2 or 5 times a power of ten. */
function stepFor(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return power * ([1, 2, 5].find((factor) => factor * power >= ms) ?? 10);
}
