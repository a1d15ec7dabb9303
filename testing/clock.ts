import { afterEach, beforeEach, jest } from '@jest/globals';

/** Stops Date.now and performance.now in every test of this file; what it answers lets so many milliseconds pass. */
export function stoppedClock(): (milliseconds: number) => void {
  let now = 0;
  beforeEach(() => {
    now = 1_800_000_000_000;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return (milliseconds) => {
    now += milliseconds;
  };
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
