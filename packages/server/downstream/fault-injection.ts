import { setTimeout as delay } from 'node:timers/promises';
import {
  DeadlineExceededError,
  ServiceBadResponseError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../request/errors.ts';
import type { InjectedFault } from '../request/injected-fault.ts';
import { createAttempt } from './attempt.ts';
import type { Answer, Caller, Send } from './call.ts';
import { retry } from './policies/retry.ts';
import type { RetryBudget } from './policies/retry-budget.ts';
import type { Service } from './services.ts';

/**
 * The way to a service that is ill for one request alone. It is retried as it would be, and past all that requests have in
 * common: no circuit, queue or retry budget hears of it, it is shared with nobody, and its answers are for this caller.
 */
export function faultPipeline(service: Service, drill: InjectedFault): Send {
  return retry(FAULTS[drill.kind](service, drill), EVERY_RETRY);
}

/** The real one may be spent already, and must not be spent by a drill. */
const EVERY_RETRY: RetryBudget = { earn: () => {}, spend: () => true };

const FAULTS: Readonly<Record<InjectedFault['kind'], (service: Service, drill: InjectedFault) => Send>> = {
  slow: late,
  down:
    () =>
    async ({ endpoint }) => {
      throw new ServiceUnavailableError(endpoint.service, new Error('A drill: nobody is there.'));
    },
  rubbish:
    () =>
    async ({ endpoint }, _caller, record) => {
      record.status = 200;
      record.bytes = Buffer.byteLength(RUBBISH);
      throw new ServiceBadResponseError(endpoint.service, new Error(`A drill: ${RUBBISH} is no JSON.`));
    },
};

const RUBBISH = '<!doctype html><h1>Welcome</h1>';

/** The service's real answer, but not before so many milliseconds; given up when the call's time is over. */
function late(service: Service, { ms }: InjectedFault): Send {
  const attempt = createAttempt(service);
  return async (call, caller, record) => {
    const timeoutMs = call.endpoint.timeoutMs ?? service.timeoutMs;
    const remainingMs = caller.deadline.remainingMs();
    const longestMs = Math.max(0, Math.min(timeoutMs, remainingMs));
    if (ms < longestMs) return forOneCaller(await atTheEarliest(ms, attempt, call, caller, record));
    await pause(longestMs, caller);
    throw remainingMs <= timeoutMs
      ? new DeadlineExceededError(call.endpoint.service)
      : new ServiceTimeoutError(call.endpoint.service, timeoutMs);
  };
}

async function atTheEarliest(ms: number, send: Send, ...asked: Parameters<Send>): Promise<Answer> {
  const [answer] = await Promise.all([send(...asked), pause(ms, asked[1])]);
  return answer;
}

const forOneCaller = (answer: Answer): Answer => ({ ...answer, grant: undefined });

/** Ends early, with what the signal says, where the caller hangs up. */
async function pause(ms: number, { signal }: Pick<Caller, 'signal'>): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
