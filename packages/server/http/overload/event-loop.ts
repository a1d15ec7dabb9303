const INTERVAL_MS = 50;

/**
 * Watches the delay of the event loop. The returned function tells the delay in milliseconds: the lower one of the last two samples, so
 * that a single pause (a garbage collection, the machine) rejects no request. `onSample` gets every sample, 20 times a second.
 */
export function watchEventLoop(onSample: (lagMs: number) => void = () => {}): () => number {
  let expectedAt = performance.now() + INTERVAL_MS;
  let lastLagMs = 0;
  let lagBeforeMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    lagBeforeMs = lastLagMs;
    lastLagMs = Math.max(0, now - expectedAt);
    expectedAt = now + INTERVAL_MS;
    onSample(lastLagMs);
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    // A timer that is late has not run yet. With this, the first request after a second pause sees it.
    const lateNowMs = performance.now() - expectedAt;
    return Math.max(Math.min(lastLagMs, lagBeforeMs), Math.min(lateNowMs, lastLagMs));
  };
}

/** Samples the utilization of the event loop since the previous sample, from 0 to 1, 20 times a second. */
export function watchUtilization(onSample: (utilization: number) => void): void {
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    onSample(performance.eventLoopUtilization(now, last).utilization);
    last = now;
  }, INTERVAL_MS);
  timer.unref();
}
