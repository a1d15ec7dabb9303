import type { RequestContext } from './context.ts';
import { ResolverTimeoutError } from './errors.ts';

/**
 * Bounds the promises of hand-written resolvers by the request's deadline. Calls to services have their own timeouts. The timer runs
 * only while such a promise is pending.
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
   * Settles as `work` does, or rejects with a ResolverTimeoutError if the deadline passes first. `onLateRejection` then gets the reason
   * of a later rejection. `work` may be any thenable.
   */
  bound<T>(work: PromiseLike<T>, onLateRejection: (reason: unknown) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const expire = () => reject(this.#timeoutError);
      this.#pending.add(expire);
      this.#arm();
      // Promise.resolve makes a thenable settle at most once, and turns a throw into a rejection.
      Promise.resolve(work).then(
        (value) => {
          this.#settle(expire);
          resolve(value);
        },
        (reason) => {
          if (this.#settle(expire)) reject(reason);
          else onLateRejection(reason);
        },
      );
    });
  }

  /** Aborted when the caller hangs up, or when the deadline passes while a resolver is pending. */
  get signal(): AbortSignal {
    if (!this.#signal) {
      this.#controller = new AbortController();
      if (this.#error) this.#controller.abort(this.#error);
      this.#signal = AbortSignal.any([this.#request.signal, this.#controller.signal]);
    }
    return this.#signal;
  }

  /** One error for all late fields of a request, so that the log has one line for them. */
  get #timeoutError(): ResolverTimeoutError {
    this.#error ??= new ResolverTimeoutError();
    return this.#error;
  }

  /** Returns whether the promise was still pending. */
  #settle(expire: () => void): boolean {
    const wasPending = this.#pending.delete(expire);
    if (this.#pending.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return wasPending;
  }

  /** After the deadline the timer fires in the next turn, so that promises that have already settled still count. */
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
    for (const expire of late) expire();
    this.#controller?.abort(this.#timeoutError);
  };
}

const expiries = new WeakMap<RequestContext, Expiry>();

/** Returns the expiry of a request, and creates it at first use. */
export function expiryOf(request: RequestContext): Expiry {
  let expiry = expiries.get(request);
  if (!expiry) {
    expiry = new Expiry(request);
    expiries.set(request, expiry);
  }
  return expiry;
}
