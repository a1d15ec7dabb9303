/** Handlers of a wait that ends early. At most one of them is called, and only once. */
export interface WaitHandlers {
  readonly onTimeout?: () => void;
  /** Gets the signal's reason: signals of requests are aborted with an Error. */
  readonly onAbort: (reason: Error) => void;
}

/**
 * Bounds a wait by a timer of `ms` milliseconds (none if undefined) and by a signal. Returns a function that ends the wait:
 * it clears the timer and removes the listener. Check before whether the signal is aborted already: this calls no handler then.
 */
export function boundWait(signal: AbortSignal, ms: number | undefined, handlers: WaitHandlers): () => void {
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  const onAbort = () => {
    end();
    handlers.onAbort(signal.reason);
  };
  const onTimeout = () => {
    end();
    handlers.onTimeout?.();
  };
  const timer = ms === undefined ? undefined : setTimeout(onTimeout, Math.max(0, ms));
  signal.addEventListener('abort', onAbort);
  return end;
}

/** Resolves after `ms` milliseconds. Rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else boundWait(signal, ms, { onTimeout: resolve, onAbort: reject });
  });
}

/** Bounds of an exponential back-off, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Share by which a pause is shortened or lengthened at random, so that processes do not act in step. */
  readonly jitter: number;
}

/** The pause after a number of earlier failures, from 0: it doubles with each of them, up to `maxMs`. */
export function backoffMs(
  failures: number,
  { firstMs, maxMs, jitter }: Backoff,
  random: () => number = Math.random,
): number {
  return Math.min(maxMs, firstMs * 2 ** failures) * (1 - jitter + 2 * jitter * random());
}
