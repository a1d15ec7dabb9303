import {
  CallerGoneError,
  DeadlineExceededError,
  isServiceFailure,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import type { Send } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ServiceLoad } from '../services.ts';
import { CircuitBreaker, failureShare, type Verdict } from './circuit-breaker.ts';

/** Share of failed calls that opens a circuit, and the seconds that are looked back on. */
const OPENS_AT = 0.5;
const SECONDS = 10;

/**
 * Stops asking an endpoint of a service that fails most of its calls. One call at a time then finds out whether it is well
 * again, and all others are refused at once. Each endpoint has a circuit of its own: one that is broken must not take
 * those along that are well. A 4xx is no failure, nor is a caller who hangs up or had too little time.
 */
export function breakCircuit(send: Send, service: string, load: ServiceLoad, random: () => number = Math.random): Send {
  const circuits = new Map<Endpoint, CircuitBreaker>();

  function circuitOf(endpoint: Endpoint): CircuitBreaker {
    let circuit = circuits.get(endpoint);
    if (!circuit) {
      const onChange = () => {
        load.isCircuitClosed = circuits.values().every(({ isClosed }) => isClosed);
        if (!circuit?.isClosed) load.circuitOpenings += 1;
      };
      circuit = new CircuitBreaker({ sampling: () => failureShare(OPENS_AT, SECONDS), judge, onChange, random });
      circuits.set(endpoint, circuit);
    }
    return circuit;
  }

  return (call, caller, record) => {
    const answer = circuitOf(call.endpoint).run(() => send(call, caller, record));
    if (answer) return answer;
    const cause = new Error('The circuit is open.');
    return Promise.reject(new ServiceUnavailableError(service, cause, { wasNotAsked: true }));
  };
}

function judge(error: unknown): Verdict {
  if (isFailure(error)) return 'ill';
  return saysNothing(error) ? 'nothing' : 'well';
}

/** What says that the service is ill: not that it has no room for us (429), nor that we had no time. */
function isFailure(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return !error.notSent && error.status !== 429;
  if (error instanceof ServiceTimeoutError) return !error.notSent;
  if (error instanceof DeadlineExceededError) return error.hadFullTimeout;
  return isServiceFailure(error);
}

/** What says neither that the service is ill nor that it is well. */
function saysNothing(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError || error instanceof ServiceTimeoutError) return error.notSent;
  return error instanceof CallerGoneError || error instanceof DeadlineExceededError;
}
