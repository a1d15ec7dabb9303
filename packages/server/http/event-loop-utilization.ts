const INTERVAL_MS = 50;

/**
 * Tells, 20 times a second, which share of the time since it last did the event loop of this process was busy: 1 where it
 * never had to wait for anything to do, however little it is late.
 */
export function watchUtilization(tell: (utilization: number) => void): void {
  let last = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    tell(performance.eventLoopUtilization(now, last).utilization);
    last = now;
  }, INTERVAL_MS);
  timer.unref();
}
