/**
 * Milliseconds of the monotonic clock, which setting the system time does not change. Ages, deadlines and all other durations use
 * it. Its values have no meaning in another process.
 */
export const monotonicMs = (): number => performance.now();

/**
 * Milliseconds since 1970 by the system clock, which may be wrong and may jump. Only dates that a protocol defines use it; the
 * allow-list in packages/cli/wall-clock.test.ts names each use.
 */
export const wallClockMs = (): number => Date.now();
