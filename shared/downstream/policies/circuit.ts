import { CircuitState, SamplingBreaker } from 'cockatiel';
import {
  CallerGoneError,
  DeadlineExceededError,
  isServiceFailure,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import type { Answer, Call, Caller, Send } from '../call.ts';
import type { ServiceLoad } from '../services.ts';

/** Opens where half of the calls of ten seconds failed, and there was at least one each second. */
const SAMPLING = { threshold: 0.5, duration: 10_000, minimumRps: 1 };

/** How long a circuit stays open: this long at first, and twice as long after each try that failed. */
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 15_000;

/**
 * Stops asking a service that fails most of its calls. One call at a time then finds out whether it is well again, and all
 * others are refused at once. A 4xx is no failure, nor is a caller who hangs up or had too little time.
 */
export function breakCircuit(send: Send, service: string, load: ServiceLoad, random: () => number = Math.random): Send {
  let sampling = new SamplingBreaker(SAMPLING);
  let openUntil = 0;
  let openings = 0;
  let isTrying = false;

  function open(): void {
    load.isCircuitClosed = false;
    load.circuitOpenings += 1;
    const openMs = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** openings);
    // Not to the same moment in all processes.
    openUntil = Date.now() + openMs * (0.8 + 0.4 * random());
    openings += 1;
  }

  function close(): void {
    load.isCircuitClosed = true;
    openings = 0;
    sampling = new SamplingBreaker(SAMPLING);
  }

  function tryIt(call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    isTrying = true;
    return send(call, caller, record).then(
      (answer) => {
        isTrying = false;
        close();
        return answer;
      },
      (error: unknown) => {
        isTrying = false;
        // A try that nobody waited for has found out nothing: the next call is one.
        if (isFailure(error)) open();
        else if (!saysNothing(error)) close();
        throw error;
      },
    );
  }

  return (call, caller, record) => {
    if (!load.isCircuitClosed) {
      if (!isTrying && Date.now() >= openUntil) return tryIt(call, caller, record);
      const cause = new Error('The circuit is open.');
      return Promise.reject(new ServiceUnavailableError(service, cause, { wasNotAsked: true }));
    }
    return send(call, caller, record).then(
      (answer) => {
        sampling.success(CircuitState.Closed);
        return answer;
      },
      (error: unknown) => {
        if (isFailure(error) && load.isCircuitClosed && sampling.failure(CircuitState.Closed)) open();
        throw error;
      },
    );
  };
}

/** What says that the service is ill: not that it has no room for us (429), nor that we had no time. */
function isFailure(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return !error.wasNotAsked && error.status !== 429;
  return isServiceFailure(error) && !(error instanceof DeadlineExceededError);
}

/** What says neither that the service is ill nor that it is well. */
function saysNothing(error: unknown): boolean {
  const wasNotAsked = error instanceof ServiceUnavailableError && error.wasNotAsked;
  return wasNotAsked || error instanceof CallerGoneError || error instanceof DeadlineExceededError;
}
