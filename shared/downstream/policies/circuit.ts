import { CircuitState, SamplingBreaker } from 'cockatiel';
import {
  CallerGoneError,
  DeadlineExceededError,
  isServiceFailure,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import type { Answer, Send } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ServiceLoad } from '../services.ts';

/** Opens where half of the calls of ten seconds failed, and there was at least one each second. */
const SAMPLING = { threshold: 0.5, duration: 10_000, minimumRps: 1 };

/** How long a circuit stays open: this long at first, and twice as long after each try that failed. */
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 15_000;

/**
 * Stops asking an endpoint of a service that fails most of its calls. One call at a time then finds out whether it is well
 * again, and all others are refused at once. Each endpoint has a circuit of its own: one that is broken must not take
 * those along that are well. A 4xx is no failure, nor is a caller who hangs up or had too little time.
 */
export function breakCircuit(send: Send, service: string, load: ServiceLoad, random: () => number = Math.random): Send {
  const circuits = new Map<Endpoint, Circuit>();

  function circuitOf(endpoint: Endpoint): Circuit {
    let circuit = circuits.get(endpoint);
    if (!circuit) {
      circuit = new Circuit(random, () => {
        load.isCircuitClosed = circuits.values().every(({ isClosed }) => isClosed);
        if (!circuit?.isClosed) load.circuitOpenings += 1;
      });
      circuits.set(endpoint, circuit);
    }
    return circuit;
  }

  return (call, caller, record) => {
    const circuit = circuitOf(call.endpoint);
    if (circuit.isClosed) return circuit.watch(send(call, caller, record));
    if (circuit.mayTry()) return circuit.try(send(call, caller, record));
    const cause = new Error('The circuit is open.');
    return Promise.reject(new ServiceUnavailableError(service, cause, { wasNotAsked: true }));
  };
}

class Circuit {
  isClosed = true;
  #sampling = new SamplingBreaker(SAMPLING);
  #openUntil = 0;
  #openings = 0;
  #isTrying = false;
  readonly #random: () => number;
  readonly #onChange: () => void;

  constructor(random: () => number, onChange: () => void) {
    this.#random = random;
    this.#onChange = onChange;
  }

  /** The answer to a call that was made while it was closed. */
  watch(answer: Promise<Answer>): Promise<Answer> {
    return answer.then(
      (value) => {
        this.#sampling.success(CircuitState.Closed);
        return value;
      },
      (error: unknown) => {
        if (isFailure(error)) {
          if (this.isClosed && this.#sampling.failure(CircuitState.Closed)) this.#open();
        } else if (!saysNothing(error)) this.#sampling.success(CircuitState.Closed);
        throw error;
      },
    );
  }

  mayTry(): boolean {
    return !this.#isTrying && performance.now() >= this.#openUntil;
  }

  /** The answer to the one call that finds out whether it may be closed. */
  try(answer: Promise<Answer>): Promise<Answer> {
    this.#isTrying = true;
    return answer.then(
      (value) => {
        this.#isTrying = false;
        this.#close();
        return value;
      },
      (error: unknown) => {
        this.#isTrying = false;
        // A try that nobody waited for has found out nothing: the next call is one.
        if (isFailure(error)) this.#open();
        else if (!saysNothing(error)) this.#close();
        throw error;
      },
    );
  }

  #open(): void {
    const openMs = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** this.#openings);
    // Not to the same moment in all processes.
    this.#openUntil = performance.now() + openMs * (0.8 + 0.4 * this.#random());
    this.#openings += 1;
    this.isClosed = false;
    this.#onChange();
  }

  #close(): void {
    this.#openings = 0;
    this.#sampling = new SamplingBreaker(SAMPLING);
    this.isClosed = true;
    this.#onChange();
  }
}

/** What says that the service is ill: not that it has no room for us (429), nor that we had no time. */
function isFailure(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return !error.wasNotAsked && error.status !== 429;
  if (error instanceof ServiceTimeoutError) return !error.wasNotAsked;
  if (error instanceof DeadlineExceededError) return error.hadItsTime;
  return isServiceFailure(error);
}

/** What says neither that the service is ill nor that it is well. */
function saysNothing(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError || error instanceof ServiceTimeoutError) return error.wasNotAsked;
  return error instanceof CallerGoneError || error instanceof DeadlineExceededError;
}
