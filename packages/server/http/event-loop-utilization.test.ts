import { expect, test } from '@jest/globals';
import { watchUtilization } from './overload/event-loop.ts';

test('a loop that always has something to do is busy all the time, and one that waits is not', async () => {
  const told: number[] = [];
  watchUtilization((utilization) => told.push(utilization));
  const next = async (holds: (utilization: number) => boolean, work: () => void) => {
    told.length = 0;
    while (!told.some(holds)) {
      work();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const toil = () => {
    const until = performance.now() + 200;
    while (performance.now() < until);
  };
  await next((utilization) => utilization > 0.9, toil);
  await next(
    (utilization) => utilization < 0.5,
    () => {},
  );
  for (const utilization of told) expect(utilization).toBeGreaterThanOrEqual(0);
});
