import { ServiceUnavailableError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import { sleep } from '../../request/wait.ts';
import type { Answer, Call, Caller, Policy, Send } from '../call.ts';

/** A retry waits for a random time up to this, so that the retries of many requests do not arrive together. */
const JITTER_MS = 50;

const RETRYABLE: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504]);

/**
 * Retries a failed call once: after a failed connection, and after 429, 502, 503 or 504. It does not retry when the budget is
 * spent, or when the service's Retry-After exceeds the deadline.
 */
export function retry(budget: RetryBudget = createRetryBudget(), random: () => number = Math.random): Policy {
  async function retryAfter(
    error: unknown,
    next: Send,
    call: Call,
    caller: Caller,
    record: CallRecord,
  ): Promise<Answer> {
    const waitMs = waitBeforeRetry(error, random);
    if (waitMs === undefined || waitMs >= caller.deadline.remainingMs() || !budget.spend()) throw error;
    // If the caller hangs up meanwhile, the next step rejects the call.
    await sleep(waitMs, caller.signal).catch(() => {});
    record.attempts += 1;
    return next(call, caller, record);
  }

  return (next) => (call, caller, record) => {
    budget.earn();
    return next(call, caller, record).catch((error: unknown) => retryAfter(error, next, call, caller, record));
  };
}

/** Milliseconds to wait before the retry; undefined when the call must not be retried. */
function waitBeforeRetry(error: unknown, random: () => number): number | undefined {
  if (!(error instanceof ServiceUnavailableError) || error.notSent) return undefined;
  if (error.status !== undefined && !RETRYABLE.has(error.status)) return undefined;
  return (error.retryAfterMs ?? 0) + random() * JITTER_MS;
}

/** Retries that a call earns. */
const PER_CALL = 0.2;
/** Retries per second that are always allowed. */
const PER_SECOND = 3;
/** Most earned retries that are saved up, so that an outage does not meet the savings of a whole good day. */
const MAX_EARNED = 10;

/** Limits the retries of one service to a fifth of its calls, plus three per second. */
export interface RetryBudget {
  /** Records a call, which earns part of a retry. */
  earn(): void;
  /** Takes one retry. Returns false when there is none. */
  spend(): boolean;
}

/** Creates a budget. `now` reads a clock in milliseconds. */
export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let earned = 0;
  let timed = 0;
  let readAt = now();
  return {
    earn() {
      earned = Math.min(MAX_EARNED, earned + PER_CALL);
    },
    spend() {
      const at = now();
      timed = Math.min(PER_SECOND, timed + ((at - readAt) * PER_SECOND) / 1_000);
      readAt = at;
      if (earned >= 1) earned -= 1;
      else if (timed >= 1) timed -= 1;
      else return false;
      return true;
    },
  };
}
