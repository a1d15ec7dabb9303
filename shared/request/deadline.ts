import type { IncomingHttpHeaders } from 'node:http';

/** Kept back from every deadline for putting the answer together and sending it. */
export const RESERVE_MS = 50;

/** How long one request may take, whatever its calls do. */
export interface Deadline {
  /** Milliseconds that downstream calls may still use; below zero once they are over. */
  remainingMs(): number;
}

/** A deadline `budgetMs` from now, less the reserve. Time is read from `now`, in milliseconds. */
export function deadlineIn(budgetMs: number, now: () => number = () => performance.now()): Deadline {
  const endsAt = now() + budgetMs - RESERVE_MS;
  return { remainingMs: () => endsAt - now() };
}

/** The budget of a request: the setting, lowered (never raised) by the caller's X-Request-Timeout-Ms. */
export function budgetOf(headers: IncomingHttpHeaders, settingMs: number): number {
  const given = headers['x-request-timeout-ms'];
  if (typeof given !== 'string' || !/^\d{1,9}$/.test(given)) return settingMs;
  return Math.min(Number(given), settingMs);
}
