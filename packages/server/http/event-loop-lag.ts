const INTERVAL_MS = 50;

/**
 * Starts to watch the event loop of this process; what it answers is by how many milliseconds it is late now, and was at
 * the look before. Whoever has too much to do is late again and again; a pause of the garbage collector or of the machine
 * comes once, and is no reason to refuse anybody. `tell` is told at every look, 20 times a second.
 */
export function watchEventLoop(tell: (lagMs: number) => void = () => {}): () => number {
  let expectedAt = performance.now() + INTERVAL_MS;
  let lastLagMs = 0;
  let lagBeforeMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    lagBeforeMs = lastLagMs;
    lastLagMs = Math.max(0, now - expectedAt);
    expectedAt = now + INTERVAL_MS;
    tell(lastLagMs);
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    // A timer that is late by now has not run yet: a loop that is stuck again is seen by the first request after it.
    const lateNowMs = performance.now() - expectedAt;
    return Math.max(Math.min(lastLagMs, lagBeforeMs), Math.min(lateNowMs, lastLagMs));
  };
}
