import { monotonicMs } from '../../request/clock.ts';
import {
  CallerGoneError,
  DeadlineExceededError,
  isServiceFailure,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import { type Backoff, backoffMs } from '../../request/wait.ts';
import type { Policy } from '../call.ts';
import type { ServiceLoad } from '../services.ts';

/** The circuit opens when more than this share of the calls of the last seconds failed. */
const MAX_FAILURE_SHARE = 0.5;
const WINDOW_SECONDS = 10;

/**
 * Fails fast while most recent calls to an endpoint fail. While the circuit is open, one call at a time probes the service, and all
 * others are rejected at once. Each endpoint has its own circuit, so that a broken one does not affect the others. A 4xx does
 * not count as a failure, nor does a caller who hangs up or had too little time.
 */
export function breakCircuit(service: string, load: ServiceLoad, random: () => number = Math.random): Policy {
  const open = new Set<CircuitBreaker>();
  return (next) => {
    const circuit: CircuitBreaker = new CircuitBreaker({
      sampling: () => failureShare(MAX_FAILURE_SHARE, WINDOW_SECONDS),
      judge,
      onChange() {
        if (circuit.isClosed) open.delete(circuit);
        else {
          open.add(circuit);
          load.circuitOpenings += 1;
        }
        load.isCircuitClosed = open.size === 0;
      },
      random,
    });
    return (call, caller, record) => {
      const answer = circuit.run(() => next(call, caller, record));
      if (answer) return answer;
      const cause = new Error('The circuit is open.');
      return Promise.reject(new ServiceUnavailableError(service, cause, { notSent: true }));
    };
  };
}

function judge(error: unknown): Verdict {
  if (isFailure(error)) return 'failure';
  return isInconclusive(error) ? 'inconclusive' : 'success';
}

/** Whether an error shows that the service fails. A 429 or a call that had too little time does not. */
function isFailure(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return !error.notSent && error.status !== 429;
  if (error instanceof ServiceTimeoutError) return !error.notSent;
  if (error instanceof DeadlineExceededError) return error.hadFullTimeout;
  return isServiceFailure(error);
}

/** Whether an error shows neither that the service fails nor that it works. */
function isInconclusive(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError || error instanceof ServiceTimeoutError) return error.notSent;
  return error instanceof CallerGoneError || error instanceof DeadlineExceededError;
}

/** How long a circuit stays open. The pause doubles after each failed probe. */
const OPEN: Backoff = { firstMs: 1_000, maxMs: 15_000, jitter: 0.2 };

/** What the end of a call says about the state of its target. */
export type Verdict = 'success' | 'failure' | 'inconclusive';

/** Counts calls while a circuit is closed. */
export interface Sampling {
  succeeded(): void;
  /** Records a failure. Returns whether the circuit is to open. */
  failed(): boolean;
}

interface Options {
  /** Creates a new sampling each time the circuit closes. */
  readonly sampling: () => Sampling;
  readonly judge: (error: unknown) => Verdict;
  /** Called after the circuit opened, stayed open after a probe, or closed. */
  readonly onChange: () => void;
  readonly random?: () => number;
}

/**
 * A circuit breaker on the monotonic clock. While the circuit is open, one call at a time probes its target, after a pause that
 * grows. cockatiel's breakers read the system clock: their circuit stayed open for an hour after that clock was set back by one.
 */
export class CircuitBreaker {
  isClosed = true;
  #sampling: Sampling;
  #openUntil = 0;
  #openings = 0;
  #isProbing = false;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    this.#sampling = options.sampling();
  }

  /** Makes the call. Returns undefined when the circuit rejects it. */
  run<T>(call: () => Promise<T>): Promise<T> | undefined {
    if (this.isClosed) return this.#observe(call());
    if (this.#isProbing || monotonicMs() < this.#openUntil) return undefined;
    this.#isProbing = true;
    return this.#probe(call());
  }

  #observe<T>(answer: Promise<T>): Promise<T> {
    // A call that began before the circuit opened does not count after it closed.
    const sampling = this.#sampling;
    return answer.then(
      (value) => {
        sampling.succeeded();
        return value;
      },
      (error: unknown) => {
        const verdict = this.#options.judge(error);
        if (verdict === 'success') sampling.succeeded();
        else if (verdict === 'failure' && this.isClosed && sampling === this.#sampling && sampling.failed())
          this.#open();
        throw error;
      },
    );
  }

  #probe<T>(answer: Promise<T>): Promise<T> {
    return answer.then(
      (value) => {
        this.#isProbing = false;
        this.#close();
        return value;
      },
      (error: unknown) => {
        this.#isProbing = false;
        // After an inconclusive probe the circuit stays open, and the next call is a probe.
        const verdict = this.#options.judge(error);
        if (verdict === 'failure') this.#open();
        else if (verdict === 'success') this.#close();
        throw error;
      },
    );
  }

  #open(): void {
    this.#openUntil = monotonicMs() + backoffMs(this.#openings, OPEN, this.#options.random);
    this.#openings += 1;
    this.isClosed = false;
    this.#options.onChange();
  }

  #close(): void {
    this.#openings = 0;
    this.#sampling = this.#options.sampling();
    this.isClosed = true;
    this.#options.onChange();
  }
}

/** Opens the circuit after `limit` consecutive failures. */
export function consecutiveFailures(limit: number): Sampling {
  let failures = 0;
  return {
    succeeded() {
      failures = 0;
    },
    failed() {
      failures += 1;
      return failures >= limit;
    },
  };
}

const SLOT_MS = 1_000;

/** Opens the circuit when more than `share` of the calls of the last `seconds` failed, if there was at least one call per second. */
export function failureShare(share: number, seconds: number): Sampling {
  const slots = Array.from({ length: seconds }, () => ({ second: -1, calls: 0, failures: 0 }));
  const record = (failures: 0 | 1): { calls: number; failures: number } => {
    const second = Math.floor(monotonicMs() / SLOT_MS);
    const sum = { calls: 1, failures: failures as number };
    for (const [index, slot] of slots.entries()) {
      const isCurrent = index === second % seconds;
      if (isCurrent && slot.second !== second) Object.assign(slot, { second, calls: 0, failures: 0 });
      if (slot.second <= second - seconds) continue;
      sum.calls += slot.calls;
      sum.failures += slot.failures;
      if (!isCurrent) continue;
      slot.calls += 1;
      slot.failures += failures;
    }
    return sum;
  };
  return {
    succeeded() {
      record(0);
    },
    failed() {
      const { calls, failures } = record(1);
      return calls >= seconds && failures > share * calls;
    },
  };
}
