import {
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  SamplingBreaker,
} from 'cockatiel';
import { DeadlineExceededError, isServiceFailure, ServiceUnavailableError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import type { Answer, Call, Caller, Send } from '../call.ts';
import type { ServiceLoad } from '../services.ts';

/** Opens where half of the calls of ten seconds failed, and there were at least as many as this each second. */
const SAMPLING = { threshold: 0.5, duration: 10_000, minimumRps: 1 };

/** How long a circuit stays open before one call tries the service: a second first, longer each time that fails. */
const HALF_OPEN_AFTER = { initialDelay: 1_000, maxDelay: 15_000, exponent: 2 };

/**
 * Stops asking a service that fails most of its calls. One call at a time then finds out whether it is well again, and all
 * others are refused at once. A 4xx is no failure, nor is a caller who hangs up or had too little time.
 */
export function breakCircuit(send: Send, service: string, load: ServiceLoad): Send {
  const breaker = circuitBreaker(
    // A probe that nobody waited for has found out nothing, and must not close the circuit.
    handleWhen((error) => isFailure(error) || breaker.state === CircuitState.HalfOpen),
    { halfOpenAfter: new ExponentialBackoff(HALF_OPEN_AFTER), breaker: new SamplingBreaker(SAMPLING) },
  );
  breaker.onStateChange((state) => {
    load.isCircuitClosed = state === CircuitState.Closed;
  });
  const refusal = () => new ServiceUnavailableError(service, new Error('The circuit is open.'), { wasNotAsked: true });
  let isProbing = false;

  async function probe(call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    // cockatiel would let the others wait for the one that tries.
    if (isProbing) throw refusal();
    isProbing = true;
    try {
      return await breaker.execute(() => send(call, caller, record));
    } catch (error) {
      throw isBrokenCircuitError(error) ? refusal() : error;
    } finally {
      isProbing = false;
    }
  }

  return (call, caller, record) =>
    breaker.state === CircuitState.Closed
      ? breaker.execute(() => send(call, caller, record))
      : probe(call, caller, record);
}

/** What says that the service is ill: not that it has no room for us (429, a full queue), nor that we had no time. */
function isFailure(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return !error.wasNotAsked && error.status !== 429;
  return isServiceFailure(error) && !(error instanceof DeadlineExceededError);
}
