import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { watchEventLoop } from './overload/event-loop.ts';

const INTERVAL_MS = 50;

let nowMs: number;
let look: () => void;
beforeEach(() => {
  nowMs = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  jest.spyOn(globalThis, 'setInterval').mockImplementation(((run: () => void) => {
    look = run;
    return { unref() {} };
  }) as unknown as typeof setInterval);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** The loop is held up by so much more than it takes to the next look. */
function late(ms: number): void {
  nowMs += INTERVAL_MS + ms;
  look();
}

test('a loop that is held up again and again is late, and is in time again afterwards', () => {
  const lagMs = watchEventLoop();
  late(400);
  late(350);
  expect(lagMs()).toBe(350);
  late(0);
  late(0);
  expect(lagMs()).toBe(0);
});

test('a loop that is stuck again is late at once, before it has been looked at', () => {
  const lagMs = watchEventLoop();
  late(400);
  nowMs += INTERVAL_MS + 300;
  expect(lagMs()).toBe(300);
});

test('a loop that is held up once is not late', () => {
  const lagMs = watchEventLoop();
  nowMs += INTERVAL_MS + 400;
  expect(lagMs()).toBe(0);
  look();
  expect(lagMs()).toBe(0);
  late(2);
  expect(lagMs()).toBe(2);
});

test('each look is told', () => {
  const told: number[] = [];
  watchEventLoop((lagMs) => told.push(lagMs));
  late(7);
  nowMs += INTERVAL_MS - 3;
  look();
  expect(told).toEqual([7, 0]);
});
