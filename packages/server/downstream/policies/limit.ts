import { DeadlineExceededError, ServiceTimeoutError, ServiceUnavailableError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import { boundWait } from '../../request/wait.ts';
import type { Answer, Call, Caller, Policy, Send } from '../call.ts';
import type { ServiceLoad } from '../services.ts';

interface Bounds {
  readonly service: string;
  /** Most concurrent calls. */
  readonly limit: number;
  /** Most calls that wait for one of those to end. */
  readonly queue: number;
  /** Longest wait, in milliseconds, for endpoints without their own timeout. */
  readonly timeoutMs: number;
  readonly load: ServiceLoad;
}

/**
 * Bounds the concurrent calls, and queues the others in the order of arrival. A call leaves the queue as soon as it runs out of
 * time or its caller hangs up. A call that finds the queue full is rejected at once.
 */
export function limitConcurrency({ service, limit, queue, timeoutMs, load }: Bounds): Policy {
  // In the order of arrival. A set, because calls also leave from the middle.
  const waiting = new Set<() => void>();

  function release(): void {
    load.underWay -= 1;
    const [enterNext] = waiting;
    enterNext?.();
  }

  function waitForTurn({ endpoint }: Call, caller: Caller): Promise<void> {
    const longestMs = endpoint.timeoutMs ?? timeoutMs;
    const remainingMs = caller.deadline.remainingMs();
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(enter);
        load.waiting = waiting.size;
      };
      const endWait = boundWait(caller.signal, Math.min(longestMs, remainingMs), {
        onTimeout() {
          leave();
          reject(
            remainingMs <= longestMs
              ? new DeadlineExceededError(service)
              : new ServiceTimeoutError(service, longestMs, { notSent: true }),
          );
        },
        onAbort(reason) {
          leave();
          reject(reason);
        },
      });
      const enter = () => {
        endWait();
        leave();
        load.underWay += 1;
        resolve();
      };
      waiting.add(enter);
      load.waiting = waiting.size;
    });
  }

  function sendAndRelease(next: Send, call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    return next(call, caller, record).then(
      (answer) => {
        release();
        return answer;
      },
      (error: unknown) => {
        release();
        throw error;
      },
    );
  }

  async function sendInTurn(next: Send, call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    if (waiting.size >= queue) {
      throw new ServiceUnavailableError(service, new Error('The queue is full.'), { notSent: true });
    }
    caller.signal.throwIfAborted();
    if (caller.deadline.remainingMs() < 1) throw new DeadlineExceededError(service);
    await waitForTurn(call, caller);
    return sendAndRelease(next, call, caller, record);
  }

  return (next) => (call, caller, record) => {
    if (load.underWay >= limit || waiting.size > 0) return sendInTurn(next, call, caller, record);
    load.underWay += 1;
    return sendAndRelease(next, call, caller, record);
  };
}
