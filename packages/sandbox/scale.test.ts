import { expect, test } from '@jest/globals';
import { scaleOf } from './page/waterfall/scale.ts';

const run = (totalMs: number, deadlineMs: number) => scaleOf({ totalMs, deadlineMs, calls: [] });

test('the axis of a short run omits the deadline', () => {
  const { endMs, ticks, at } = run(42, 2_950);
  expect(endMs).toBe(42);
  expect(ticks).toEqual([0, 10, 20, 30, 40]);
  expect([at(0), at(21), at(42), at(2_950)]).toEqual([0, 50, 100, 100]);
});

test('the axis of a run near the deadline includes it', () => {
  const { endMs, ticks, at } = run(2_100, 2_950);
  expect(endMs).toBeGreaterThan(2_950);
  expect(at(2_950)).toBeLessThan(100);
  expect(ticks).toEqual([0, 1_000, 2_000, 3_000]);
});

test('a run without calls has an axis', () => {
  expect(run(0, 2_950)).toMatchObject({
    endMs: 1,
    ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) => expect.closeTo(tick)),
  });
});

test('the axis includes calls that ended after the response', () => {
  const call = { endMs: 80 } as Parameters<typeof scaleOf>[0]['calls'][number];
  expect(scaleOf({ totalMs: 40, deadlineMs: 2_950, calls: [call] }).endMs).toBe(80);
});
