/** Retries that calls earn, in calls. */
const PER_CALL = 0.2;
/** Retries a second that there always are. */
const PER_SECOND = 3;
/** Most retries that calls save up for later: an outage must not be met with those of a whole good day. */
const MOST_EARNED = 10;

/** What one service may be retried: a fifth of its calls, and three a second however few calls there are. */
export interface RetryBudget {
  /** Notes a call, which earns a part of a retry. */
  earn(): void;
  /** Takes one retry out; false where there is none. */
  spend(): boolean;
}

/** Time is read from `now`, in milliseconds. */
export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let earned = 0;
  let timed = 0;
  let readAt = now();
  return {
    earn() {
      earned = Math.min(MOST_EARNED, earned + PER_CALL);
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
