import type { RequestContext } from '../../request/context.ts';
import { type Deadline, deadlineIn } from '../../request/deadline.ts';
import { CallerGoneError } from '../../request/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CacheEntry } from './cache-entry.ts';

/** Refreshes stored values in the background. The entries are marked as refreshing meanwhile. */
export type Refresh = (
  entries: readonly CacheEntry<unknown>[],
  cause: RequestContext,
  fetch: (request: RequestContext) => Promise<unknown>,
) => void;

/** Creates a refresh whose runs each have `budgetMs` milliseconds. A failed run is logged; the next use of an entry tries again. */
export function createRefresh(budgetMs: number, log: Logger): Refresh {
  return (entries, cause, fetch) => {
    for (const entry of entries) entry.refreshing = true;
    fetch(backgroundRequest(cause, deadlineIn(budgetMs)))
      .catch((err: unknown) => {
        // The process is stopping and has closed the connection.
        if (err instanceof CallerGoneError) return;
        log.debug({ err, requestId: cause.requestId }, 'a background refresh failed');
      })
      .finally(() => {
        for (const entry of entries) entry.refreshing = false;
      });
  };
}

const never = new AbortController().signal;

/** A request that outlives its cause. It keeps the cause's ids, so that services can correlate its calls. */
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
