import type { IncomingHttpHeaders } from 'node:http';

/** Kept back from every deadline, at the least, for putting the answer together and sending it. */
export const RESERVE_MS = 50;

/** At the most this share of a deadline is kept back, however long answers take. */
const LARGEST_SHARE = 1 / 4;

/** Room above what an answer took, since the next one may take somewhat longer. */
const MARGIN = 1.25;

/** Share of what it took before that an answer which took less takes away. */
const DECAY = 0.1;

/** How long one request may take, whatever its calls do. */
export interface Deadline {
  /** Milliseconds that downstream calls may still use; below zero once they are over. */
  remainingMs(): number;
}

/** A deadline `budgetMs` from now, less the reserve. Time is read from `now`, in milliseconds. */
export function deadlineIn(
  budgetMs: number,
  now: () => number = () => performance.now(),
  reserveMs: number = RESERVE_MS,
): Deadline {
  const endsAt = now() + budgetMs - reserveMs;
  return { remainingMs: () => endsAt - now() };
}

/**
 * What a server keeps back from its deadlines: somewhat more than answers lately took to leave once the time of their calls
 * was over. A thousand rows that lack something, or a busy machine, take longer than an answer with one null.
 */
export class Reserve {
  #tookMs = 0;

  /** Milliseconds to keep back from a deadline of this many. */
  of(budgetMs: number): number {
    return Math.max(RESERVE_MS, Math.min(this.#tookMs * MARGIN, budgetMs * LARGEST_SHARE));
  }

  /** Tells it how long an answer took to leave from the end of its calls' time on. */
  note(tookMs: number): void {
    this.#tookMs = Math.max(tookMs, this.#tookMs - (this.#tookMs - tookMs) * DECAY);
  }
}

/** The budget of a request: the setting, lowered (never raised) by the caller's X-Request-Timeout-Ms. */
export function budgetOf(headers: IncomingHttpHeaders, settingMs: number): number {
  const given = headers['x-request-timeout-ms'];
  if (typeof given !== 'string' || !/^\d{1,9}$/.test(given)) return settingMs;
  return Math.min(Number(given), settingMs);
}
