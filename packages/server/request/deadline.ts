import type { IncomingHttpHeaders } from 'node:http';

/** Least part of every deadline, in milliseconds, that is reserved for building and sending the response. */
export const RESERVE_MS = 50;

/** Largest share of a deadline that is reserved. */
const MAX_SHARE = 1 / 4;

/** Factor above the last measured time, because the next response may take longer. */
const MARGIN = 1.25;

/** Share by which the reserve approaches a shorter measured time. */
const DECAY = 0.1;

/** The time that the downstream calls of one request may use. */
export interface Deadline {
  /** Milliseconds that are left for downstream calls; negative after the deadline. */
  remainingMs(): number;
}

/** Creates a deadline `budgetMs` from now, less the reserve. `now` reads a clock in milliseconds. */
export function deadlineIn(
  budgetMs: number,
  now: () => number = () => performance.now(),
  reserveMs: number = RESERVE_MS,
): Deadline {
  const endsAt = now() + budgetMs - reserveMs;
  return { remainingMs: () => endsAt - now() };
}

/**
 * The part of deadlines that a server reserves for building and sending responses. It follows the time that recent responses took
 * after the time of their calls was over. Large responses and busy machines need more than the minimum.
 */
export class Reserve {
  #recentMs = 0;

  /** Milliseconds to reserve from a budget of `budgetMs`. */
  of(budgetMs: number): number {
    return Math.max(RESERVE_MS, Math.min(this.#recentMs * MARGIN, budgetMs * MAX_SHARE));
  }

  /** Records how many milliseconds a response took after the time of its calls was over. */
  note(tookMs: number): void {
    this.#recentMs = Math.max(tookMs, this.#recentMs - (this.#recentMs - tookMs) * DECAY);
  }
}

/** The budget of a request: the setting, lowered (never raised) by the caller's X-Request-Timeout-Ms. */
export function budgetOf(headers: IncomingHttpHeaders, settingMs: number): number {
  const given = headers['x-request-timeout-ms'];
  if (typeof given !== 'string' || !/^\d{1,9}$/.test(given)) return settingMs;
  return Math.min(Number(given), settingMs);
}
