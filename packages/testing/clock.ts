import { afterEach, beforeEach, jest } from '@jest/globals';

/** Two clocks that stand still. Called, it lets so many milliseconds pass by both. */
export interface StoppedClock {
  (milliseconds: number): void;
  /** Sets the system time by so many milliseconds, forwards or back. No time passes. */
  setSystemTime(byMs: number): void;
}

/** Stops Date.now and performance.now in every test of this file. They start at different values, as in a young process. */
export function stoppedClock(): StoppedClock {
  let [wall, monotonic] = [0, 0];
  beforeEach(() => {
    [wall, monotonic] = [1_800_000_000_000, 1_000];
    jest.spyOn(Date, 'now').mockImplementation(() => wall);
    jest.spyOn(performance, 'now').mockImplementation(() => monotonic);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const pass = (milliseconds: number) => {
    wall += milliseconds;
    monotonic += milliseconds;
  };
  return Object.assign(pass, {
    setSystemTime: (byMs: number) => {
      wall += byMs;
    },
  });
}

/** All that can be stopped but the date. */
const OTHER_CLOCKS = [
  ...(['performance', 'hrtime', 'Temporal', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'requestAnimationFrame'] as const),
  ...(['cancelAnimationFrame', 'requestIdleCallback', 'cancelIdleCallback'] as const),
];

/**
 * Stops the date in every test of this file, and nothing else, so that sockets go on; what it answers lets so many milliseconds
 * pass.
 */
export function stoppedDate(now: number): (milliseconds: number) => void {
  beforeEach(() => {
    jest.useFakeTimers({ now, doNotFake: OTHER_CLOCKS });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  return (milliseconds) => {
    jest.setSystemTime(Date.now() + milliseconds);
  };
}
