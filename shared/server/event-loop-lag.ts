const INTERVAL_MS = 50;

/** Starts to watch the event loop of this process; what it answers is by how many milliseconds it is late now. */
export function watchEventLoop(): () => number {
  let expectedAt = performance.now() + INTERVAL_MS;
  let lastLagMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    lastLagMs = Math.max(0, now - expectedAt);
    expectedAt = now + INTERVAL_MS;
  }, INTERVAL_MS);
  timer.unref();
  // A timer that is late by now has not run yet: a loop that is stuck is seen by the first request after it.
  return () => Math.max(lastLagMs, performance.now() - expectedAt);
}
