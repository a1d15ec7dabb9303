import type { RequestContext } from './context.ts';
import { ResolverTimeoutError } from './errors.ts';

/**
 * Ends whatever a request still waits for when its deadline has passed. Calls to services end by themselves; this is for promises that
 * resolvers written by hand make. The timer runs only while one of them is pending.
 */
export class Expiry {
  readonly #request: RequestContext;
  readonly #pending = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #error: ResolverTimeoutError | undefined;
  #controller: AbortController | undefined;
  #signal: AbortSignal | undefined;

  constructor(request: RequestContext) {
    this.#request = request;
  }

  /**
   * Settles as `work` does. Rejects with a ResolverTimeoutError if the deadline passes first; `onLateRejection` then gets what `work`
   * rejects with later. `work` may be any thenable.
   */
  bound<T>(work: PromiseLike<T>, onLateRejection: (reason: unknown) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(this.#timeoutError);
      this.#pending.add(giveUp);
      this.#arm();
      // Promise.resolve makes a thenable call back at most once, and turns what it throws into a rejection.
      Promise.resolve(work).then(
        (value) => {
          this.#settle(giveUp);
          resolve(value);
        },
        (reason) => {
          if (this.#settle(giveUp)) reject(reason);
          else onLateRejection(reason);
        },
      );
    });
  }

  /** Aborted when the caller hangs up, and when the deadline has passed while a resolver was pending. */
  get signal(): AbortSignal {
    if (!this.#signal) {
      this.#controller = new AbortController();
      if (this.#error) this.#controller.abort(this.#error);
      this.#signal = AbortSignal.any([this.#request.signal, this.#controller.signal]);
    }
    return this.#signal;
  }

  /** One error for all late fields of a request, which makes them one line in the log. */
  get #timeoutError(): ResolverTimeoutError {
    this.#error ??= new ResolverTimeoutError();
    return this.#error;
  }

  /** Whether it was still pending. */
  #settle(giveUp: () => void): boolean {
    const wasPending = this.#pending.delete(giveUp);
    if (this.#pending.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return wasPending;
  }

  /** Past the deadline the timer fires in the next turn, so that promises which are settled already still count. */
  #arm(): void {
    this.#timer ??= setTimeout(this.#onTimer, Math.max(0, this.#request.deadline.remainingMs()));
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    // Timers may fire up to a millisecond early.
    if (this.#request.deadline.remainingMs() >= 1) {
      this.#arm();
      return;
    }
    const late = [...this.#pending];
    this.#pending.clear();
    for (const giveUp of late) giveUp();
    this.#controller?.abort(this.#timeoutError);
  };
}

const expiries = new WeakMap<RequestContext, Expiry>();

/** The expiry of a request, made when it is first needed. */
export function expiryOf(request: RequestContext): Expiry {
  let expiry = expiries.get(request);
  if (!expiry) {
    expiry = new Expiry(request);
    expiries.set(request, expiry);
  }
  return expiry;
}
