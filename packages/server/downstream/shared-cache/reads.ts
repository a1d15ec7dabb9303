import { monotonicMs } from '../../request/clock.ts';
import type { RequestContext } from '../../request/context.ts';
import { Histogram } from '../../telemetry/histogram.ts';
import type { Logger } from '../../telemetry/log.ts';
import { CircuitBreaker, consecutiveFailures } from '../policies/circuit-breaker.ts';
import type { Look, Store } from './store.ts';
import { WaitBudget } from './wait-budget.ts';

/** Looks that fail one after the other until the store is left alone. */
const MOST_FAILURES = 5;

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02] as const;

/** A look, and when it was sent by the monotonic clock. */
export interface TimedLook extends Look {
  readonly sentAt: number;
}

class TookTooLongError extends Error {}

/**
 * Looks into the store that cost a request a bounded time, whatever ails it: a look that takes longer is given up, and a
 * store that fails is not asked, but for one look now and then by which it is found to be well again.
 */
export class Reads {
  answered = 0;
  timedOut = 0;
  failed = 0;
  /** Looks that were not made: the store is left alone, or the request has no time for it. */
  bypassed = 0;
  openings = 0;
  readonly seconds = new Histogram(SECONDS);
  readonly #store: Store;
  readonly #waitMs: number;
  readonly #patience = new WeakMap<object, WaitBudget>();
  readonly #circuit: CircuitBreaker;

  /** `waitMs` is the longest that a request waits, all its looks together. */
  constructor(store: Store, waitMs: number, log: Logger) {
    this.#store = store;
    this.#waitMs = waitMs;
    let isTold = false;
    const onChange = () => {
      if (!this.isClosed) this.openings += 1;
      if (this.isClosed) log.info('the shared cache is asked again');
      else if (!isTold) log.warn('the shared cache is left alone');
      isTold = !this.isClosed;
    };
    this.#circuit = new CircuitBreaker({
      sampling: () => consecutiveFailures(MOST_FAILURES),
      judge: () => 'ill',
      onChange,
    });
  }

  /** Whether the store is asked as usual. */
  get isClosed(): boolean {
    return this.#circuit.isClosed;
  }

  /** The values under these names, in their order; undefined where the request has to do without. */
  async of(names: readonly string[], request: RequestContext): Promise<TimedLook | undefined> {
    const patience = this.#patienceOf(request);
    const waitMs = patience.leftMs();
    // A caller in a hurry must not make the store seem ill.
    const hasTime = waitMs > 0 && request.deadline.remainingMs() >= this.#waitMs;
    if (!hasTime) {
      this.bypassed += 1;
      return undefined;
    }
    patience.begin();
    try {
      const look = this.#circuit.run(() => this.#look(names, waitMs));
      if (!look) this.bypassed += 1;
      return await look;
    } catch (error) {
      if (error instanceof TookTooLongError) this.timedOut += 1;
      else this.failed += 1;
      return undefined;
    } finally {
      patience.end();
    }
  }

  async #look(names: readonly string[], waitMs: number): Promise<TimedLook> {
    const sentAt = monotonicMs();
    const look = await within(waitMs, this.#store.read(names));
    this.answered += 1;
    this.seconds.note((monotonicMs() - sentAt) / 1_000);
    return { ...look, sentAt };
  }

  /** By the ledger, which is one however a request is passed on. */
  #patienceOf({ ledger }: RequestContext): WaitBudget {
    let patience = this.#patience.get(ledger);
    if (!patience) {
      patience = new WaitBudget(this.#waitMs);
      this.#patience.set(ledger, patience);
    }
    return patience;
  }
}

function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // Where the event loop was late, the answer may be there and only not be read yet: that comes before immediates.
      setImmediate(() => reject(new TookTooLongError(`It took longer than ${milliseconds} ms.`)));
    }, milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
