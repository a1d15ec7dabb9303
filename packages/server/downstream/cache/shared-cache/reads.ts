import { monotonicMs } from '../../../request/clock.ts';
import type { RequestContext } from '../../../request/context.ts';
import { Histogram } from '../../../telemetry/collector.ts';
import type { Logger } from '../../../telemetry/log.ts';
import { CircuitBreaker, consecutiveFailures } from '../../policies/circuit-breaker.ts';
import type { Lookup, Store } from './store.ts';

/** Consecutive failed reads that open the circuit. */
const MAX_FAILURES = 5;

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02] as const;

/** The result of a read, and when it was sent by the monotonic clock. */
export interface TimedLookup extends Lookup {
  readonly sentAt: number;
}

class ReadTimeoutError extends Error {}

/**
 * Reads from the store within a bounded time per request. A read that takes longer is abandoned. While reads fail, the circuit is
 * open: only an occasional probe is sent, and all other reads are bypassed.
 */
export class Reads {
  answered = 0;
  timedOut = 0;
  failed = 0;
  /** Reads that were not sent, because the circuit is open or the request has no time left for them. */
  bypassed = 0;
  openings = 0;
  readonly seconds = new Histogram(SECONDS);
  readonly #store: Store;
  readonly #waitMs: number;
  readonly #budgets = new WeakMap<object, WaitBudget>();
  readonly #circuit: CircuitBreaker;

  /** `waitMs` is the longest time that one request waits for all its reads together. */
  constructor(store: Store, waitMs: number, log: Logger) {
    this.#store = store;
    this.#waitMs = waitMs;
    let wasOpen = false;
    const onChange = () => {
      if (!this.isClosed) this.openings += 1;
      if (this.isClosed) log.info('the circuit of the shared cache closed');
      else if (!wasOpen) log.warn('the circuit of the shared cache opened');
      wasOpen = !this.isClosed;
    };
    this.#circuit = new CircuitBreaker({
      sampling: () => consecutiveFailures(MAX_FAILURES),
      judge: () => 'failure',
      onChange,
    });
  }

  /** Whether the circuit is closed, so that reads are sent. */
  get isClosed(): boolean {
    return this.#circuit.isClosed;
  }

  /** Reads the values of these names, in order; undefined when the request must do without. */
  async of(names: readonly string[], request: RequestContext): Promise<TimedLookup | undefined> {
    const budget = this.#budgetOf(request);
    const waitMs = budget.leftMs();
    // A caller with little time must not make the store seem slow.
    const hasTime = waitMs > 0 && request.deadline.remainingMs() >= this.#waitMs;
    if (!hasTime) {
      this.bypassed += 1;
      return undefined;
    }
    budget.begin();
    try {
      const lookup = this.#circuit.run(() => this.#read(names, waitMs));
      if (!lookup) this.bypassed += 1;
      return await lookup;
    } catch (error) {
      if (error instanceof ReadTimeoutError) this.timedOut += 1;
      else this.failed += 1;
      return undefined;
    } finally {
      budget.end();
    }
  }

  async #read(names: readonly string[], waitMs: number): Promise<TimedLookup> {
    const sentAt = monotonicMs();
    const lookup = await withTimeout(waitMs, this.#store.read(names));
    this.answered += 1;
    this.seconds.note((monotonicMs() - sentAt) / 1_000);
    return { ...lookup, sentAt };
  }

  /** Keyed by the ledger, which all copies of a request's context share. */
  #budgetOf({ ledger }: RequestContext): WaitBudget {
    let budget = this.#budgets.get(ledger);
    if (!budget) {
      budget = new WaitBudget(this.#waitMs);
      this.#budgets.set(ledger, budget);
    }
    return budget;
  }
}

function withTimeout<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // If the event loop was late, the reply may have arrived unread. It is read before immediates run.
      setImmediate(() => reject(new ReadTimeoutError(`The read took longer than ${milliseconds} ms.`)));
    }, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A request with less than this share of its budget left sends no further read: its store is slow. */
const MIN_SHARE = 1 / 4;

/** The time that one request may still wait for the store. Concurrent reads use it up together. */
export class WaitBudget {
  #spentMs = 0;
  #pending = 0;
  #since = 0;
  readonly #totalMs: number;

  /** `totalMs` is the budget of all reads of the request. */
  constructor(totalMs: number) {
    this.#totalMs = totalMs;
  }

  /** Milliseconds for a read that begins now; 0 when none should be sent. */
  leftMs(): number {
    const pendingMs = this.#pending === 0 ? 0 : performance.now() - this.#since;
    const leftMs = this.#totalMs - this.#spentMs - pendingMs;
    return leftMs < this.#totalMs * MIN_SHARE ? 0 : leftMs;
  }

  begin(): void {
    if (this.#pending === 0) this.#since = performance.now();
    this.#pending += 1;
  }

  end(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#spentMs += performance.now() - this.#since;
  }
}
