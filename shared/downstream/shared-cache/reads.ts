import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleAll,
} from 'cockatiel';
import type { RequestContext } from '../../request/context.ts';
import { Histogram } from '../../telemetry/histogram.ts';
import type { Logger } from '../../telemetry/log.ts';
import { Patience } from './patience.ts';
import type { Store } from './store.ts';

/** Looks that fail one after the other until the store is left alone. */
const MOST_FAILURES = 5;

/** How long it is left alone: this long at first, and twice as long after each try that failed. */
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 15_000;

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02] as const;

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
  readonly #patience = new WeakMap<object, Patience>();
  readonly #breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(MOST_FAILURES),
    halfOpenAfter: new DelegateBackoff(({ attempt }: { readonly attempt: number }) => openMs(attempt)),
  });

  /** `waitMs` is the longest that a request waits, all its looks together. */
  constructor(store: Store, waitMs: number, log: Logger) {
    this.#store = store;
    this.#waitMs = waitMs;
    let isTold = false;
    this.#breaker.onBreak(() => {
      this.openings += 1;
      if (!isTold) log.warn('the shared cache is left alone');
      isTold = true;
    });
    this.#breaker.onReset(() => {
      isTold = false;
      log.info('the shared cache is asked again');
    });
  }

  /** Whether the store is asked as usual. */
  get isClosed(): boolean {
    return this.#breaker.state === CircuitState.Closed;
  }

  /** The values under these names, in their order; undefined where the request has to do without. */
  async of(names: readonly string[], request: RequestContext): Promise<readonly (Buffer | null)[] | undefined> {
    const patience = this.#patienceOf(request);
    const waitMs = patience.leftMs();
    // Somebody else's look finds out whether it is well: nobody waits for that. A caller in a hurry must not make it seem ill.
    const isBypassed = this.#breaker.state === CircuitState.HalfOpen || request.deadline.remainingMs() < this.#waitMs;
    if (waitMs === 0 || isBypassed) {
      this.bypassed += 1;
      return undefined;
    }
    patience.begin();
    try {
      return await this.#breaker.execute(() => this.#look(names, waitMs));
    } catch (error) {
      if (error instanceof BrokenCircuitError) this.bypassed += 1;
      else if (error instanceof TookTooLongError) this.timedOut += 1;
      else this.failed += 1;
      return undefined;
    } finally {
      patience.end();
    }
  }

  async #look(names: readonly string[], waitMs: number): Promise<readonly (Buffer | null)[]> {
    const startedAt = performance.now();
    const values = await within(waitMs, this.#store.read(names));
    this.answered += 1;
    this.seconds.note((performance.now() - startedAt) / 1_000);
    return values;
  }

  /** By the ledger, which is one however a request is passed on. */
  #patienceOf({ ledger }: RequestContext): Patience {
    let patience = this.#patience.get(ledger);
    if (!patience) {
      patience = new Patience(this.#waitMs);
      this.#patience.set(ledger, patience);
    }
    return patience;
  }
}

/** Not to the same moment in all processes. */
function openMs(attempt: number): number {
  return Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** (attempt - 1)) * (0.8 + 0.4 * Math.random());
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
