import type { RequestContext } from '../request/context.ts';
import { type Deadline, deadlineIn } from '../request/deadline.ts';
import { CallerGoneError } from '../request/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import type { CacheEntry } from './cache-entry.ts';

/** Fetches kept values anew without anybody waiting for it; they are marked as long as that is under way. */
export type Refresh = (
  kept: readonly CacheEntry<unknown>[],
  cause: RequestContext,
  fetchAnew: (request: RequestContext) => Promise<unknown>,
) => void;

/** Refreshes in the background, each within a time of its own. One that fails is logged, and tried again at the next use. */
export function createRefresh(budgetMs: number, log: Logger): Refresh {
  return (kept, cause, fetchAnew) => {
    for (const each of kept) each.refreshing = true;
    fetchAnew(backgroundRequest(cause, deadlineIn(budgetMs)))
      .catch((err: unknown) => {
        // It was cut off because the process stops.
        if (err instanceof CallerGoneError) return;
        log.debug({ err, requestId: cause.requestId }, 'a background refresh failed');
      })
      .finally(() => {
        for (const each of kept) each.refreshing = false;
      });
  };
}

const never = new AbortController().signal;

/** A request with the ids of the one that caused it, so that services see whose it is, and with nobody waiting for it. */
function backgroundRequest({ requestId, trace, locale, ledger }: RequestContext, deadline: Deadline): RequestContext {
  return {
    requestId,
    trace,
    locale,
    deadline,
    signal: never,
    ledger: ledger.openBackground(),
    get identity(): never {
      throw new Error('A background refresh has no identity.');
    },
  };
}
