import { setTimeout as delay } from 'node:timers/promises';
import { ServiceUnavailableError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import type { Answer, Call, Caller, Send } from '../call.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';

/** A retry waits up to this long, by chance, so that those of many requests do not arrive together. */
const JITTER_MS = 50;

const RETRYABLE: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504]);

/**
 * Makes a failed call once more: where the connection failed, and where the service answered 429, 502, 503 or 504. It
 * does not where the service wants to be left alone for longer than the deadline, or the budget is spent.
 */
export function retry(send: Send, budget: RetryBudget = createRetryBudget(), random: () => number = Math.random): Send {
  async function again(error: unknown, call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    const waitMs = waitBeforeRetry(error, random);
    if (waitMs === undefined || waitMs >= caller.deadline.remainingMs() || !budget.spend()) throw error;
    // Whoever hangs up meanwhile is not waited for; the call itself says so.
    await delay(waitMs, undefined, { signal: caller.signal }).catch(() => {});
    record.attempts += 1;
    return send(call, caller, record);
  }

  return (call, caller, record) => {
    budget.earn();
    return send(call, caller, record).catch((error: unknown) => again(error, call, caller, record));
  };
}

/** Milliseconds to wait before the call is made again; undefined where it must not be. */
function waitBeforeRetry(error: unknown, random: () => number): number | undefined {
  if (!(error instanceof ServiceUnavailableError) || error.notSent) return undefined;
  if (error.status !== undefined && !RETRYABLE.has(error.status)) return undefined;
  return (error.retryAfterMs ?? 0) + random() * JITTER_MS;
}
