import { expect, test } from '@jest/globals';
import { watchEventLoop } from './event-loop-lag.ts';

const hold = (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};
/** The timers that are due run, and no others. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test('a loop that is held up again and again is late, at once, and is in time again afterwards', async () => {
  const lagMs = watchEventLoop();
  hold(400);
  await turn();
  await turn();
  hold(400);
  expect(lagMs()).toBeGreaterThan(250);
  await turn();
  while (lagMs() > 100) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('a loop that is held up once is not late', async () => {
  const lagMs = watchEventLoop();
  hold(400);
  expect(lagMs()).toBe(0);
  await turn();
  await turn();
  expect(lagMs()).toBeLessThan(100);
});
