import { expect, test } from '@jest/globals';
import { watchEventLoop } from './event-loop-lag.ts';

test('a loop that was held up is late, at once, and is in time again afterwards', async () => {
  const lagMs = watchEventLoop();
  const until = performance.now() + 400;
  while (performance.now() < until);
  expect(lagMs()).toBeGreaterThan(300);
  while (lagMs() > 100) await new Promise((resolve) => setTimeout(resolve, 10));
});
