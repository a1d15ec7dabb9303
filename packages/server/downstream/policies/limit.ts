import { DeadlineExceededError, ServiceTimeoutError, ServiceUnavailableError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import type { Answer, Call, Caller, Send } from '../call.ts';
import type { ServiceLoad } from '../services.ts';

interface Bounds {
  readonly service: string;
  /** Calls under way at once. */
  readonly limit: number;
  /** Calls that wait for one of those to end. */
  readonly queue: number;
  /** Longest wait, in milliseconds, where the endpoint has none of its own. */
  readonly timeoutMs: number;
  readonly load: ServiceLoad;
}

/**
 * Bounds the calls under way, and those that wait: first come, first served. Whoever runs out of time or hangs up
 * leaves the queue at once; whoever finds it full is refused at once.
 */
export function limitConcurrency(send: Send, { service, limit, queue, timeoutMs, load }: Bounds): Send {
  // In the order of arrival; a set, so that leaving from the middle costs nothing.
  const waiting = new Set<() => void>();

  function release(): void {
    load.underWay -= 1;
    const [next] = waiting;
    next?.();
  }

  function turn({ endpoint }: Call, caller: Caller): Promise<void> {
    const longestMs = endpoint.timeoutMs ?? timeoutMs;
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        caller.signal.removeEventListener('abort', onAbort);
        waiting.delete(enter);
        load.waiting = waiting.size;
      };
      const enter = () => {
        leave();
        load.underWay += 1;
        resolve();
      };
      const onAbort = () => {
        leave();
        reject(caller.signal.reason);
      };
      const remainingMs = caller.deadline.remainingMs();
      const timer = setTimeout(
        () => {
          leave();
          reject(
            remainingMs <= longestMs
              ? new DeadlineExceededError(service)
              : new ServiceTimeoutError(service, longestMs, { wasNotAsked: true }),
          );
        },
        Math.max(0, Math.min(longestMs, remainingMs)),
      );
      caller.signal.addEventListener('abort', onAbort);
      waiting.add(enter);
      load.waiting = waiting.size;
    });
  }

  function sent(call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    return send(call, caller, record).then(
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

  async function queued(call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    if (waiting.size >= queue) {
      throw new ServiceUnavailableError(service, new Error('The queue is full.'), { wasNotAsked: true });
    }
    caller.signal.throwIfAborted();
    if (caller.deadline.remainingMs() < 1) throw new DeadlineExceededError(service);
    await turn(call, caller);
    return sent(call, caller, record);
  }

  return (call, caller, record) => {
    if (load.underWay >= limit || waiting.size > 0) return queued(call, caller, record);
    load.underWay += 1;
    return sent(call, caller, record);
  };
}
