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
