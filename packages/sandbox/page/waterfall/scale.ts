import type { Explanation } from '@facet/server/internal/http/sandbox/protocol.ts';

/** The time axis of a waterfall, from the start of the request. */
export interface Scale {
  readonly endMs: number;
  readonly ticks: readonly number[];
  /** The place of a moment, in per cent of the axis. */
  at(ms: number): number;
}

/** Ticks on the axis, about. */
const TICKS = 5;

/** As long as the request was; with the deadline on it where that is not much longer. */
export function scaleOf({ totalMs, deadlineMs, calls }: Pick<Explanation, 'totalMs' | 'deadlineMs' | 'calls'>): Scale {
  const longest = Math.max(totalMs, 1, ...calls.map(({ endMs }) => endMs ?? 0));
  const endMs = deadlineMs <= longest * 2 ? Math.max(longest, deadlineMs) * 1.02 : longest;
  const step = stepFor(endMs / TICKS);
  const ticks = Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
  return { endMs, ticks, at: (ms) => (100 * Math.min(ms, endMs)) / endMs };
}

/** The next of 1, 2, 5, 10, 20, and so on. */
function stepFor(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return power * ([1, 2, 5].find((factor) => factor * power >= ms) ?? 10);
}
