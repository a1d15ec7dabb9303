import {
  DeadlineExceededError,
  ServiceBadResponseError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import type { InjectedFault } from '../../request/injected-fault.ts';
import { sleep } from '../../request/wait.ts';
import type { Send } from '../call.ts';
import { createAttempt } from '../http/attempt.ts';
import type { Service } from '../services.ts';
import { type RetryBudget, retry } from './retry.ts';

/**
 * The pipeline to a service that fails for one request only. Calls are retried as usual, but touch no state that requests share:
 * no circuit, queue, retry budget or coalesced call. Their responses are never cached.
 */
export function faultPipeline(service: Service, fault: InjectedFault): Send {
  return retry(UNLIMITED)(FAULTS[fault.kind](service, fault));
}

/** An injected fault must neither spend the service's retry budget nor depend on it. */
const UNLIMITED: RetryBudget = { earn: () => {}, spend: () => true };

const FAULTS: Readonly<Record<InjectedFault['kind'], (service: Service, fault: InjectedFault) => Send>> = {
  slow: slowly,
  down:
    () =>
    async ({ endpoint }) => {
      throw new ServiceUnavailableError(endpoint.service, new Error('Injected fault: connection refused.'));
    },
  rubbish:
    () =>
    async ({ endpoint }, _caller, record) => {
      record.status = 200;
      record.bytes = Buffer.byteLength(RUBBISH);
      throw new ServiceBadResponseError(endpoint.service, new Error(`Injected fault: ${RUBBISH} is not JSON.`));
    },
};

const RUBBISH = '<!doctype html><h1>Welcome</h1>';

/** Returns the service's real response after `ms` milliseconds at the earliest, or times out as a slow service would. */
function slowly(service: Service, { ms }: InjectedFault): Send {
  const attempt = createAttempt(service);
  return async (call, caller, record) => {
    const timeoutMs = call.endpoint.timeoutMs ?? service.timeoutMs;
    const remainingMs = caller.deadline.remainingMs();
    const longestMs = Math.max(0, Math.min(timeoutMs, remainingMs));
    if (ms < longestMs) {
      const [answer] = await Promise.all([attempt(call, caller, record), sleep(ms, caller.signal)]);
      return { ...answer, grant: undefined };
    }
    await sleep(longestMs, caller.signal);
    throw remainingMs <= timeoutMs
      ? new DeadlineExceededError(call.endpoint.service)
      : new ServiceTimeoutError(call.endpoint.service, timeoutMs);
  };
}
