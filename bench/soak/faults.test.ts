import { expect, test } from '@jest/globals';
import { createFaults, createRandom, MEDIAN_MS, SHARES, STALL_MS } from './faults.ts';

const CALLS = 100_000;

function symptoms(seed: number) {
  const next = createFaults(createRandom(seed));
  return Array.from({ length: CALLS }, next);
}

test('a seed makes the same services ill in the same way', () => {
  expect(symptoms(1)).toEqual(symptoms(1));
  expect(symptoms(1)).not.toEqual(symptoms(2));
});

test('calls are slow, some very, and a few fail, as often as it says', () => {
  const all = symptoms(1);
  const delays = all.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b);
  const share = (holds: (symptom: (typeof all)[number]) => boolean) => all.filter(holds).length / CALLS;
  expect((delays[CALLS / 2] ?? 0) / MEDIAN_MS).toBeCloseTo(1, 1);
  expect((delays[CALLS * 0.99] ?? 0) / MEDIAN_MS).toBeGreaterThan(10);
  for (const fault of [500, 503, 'reset'] as const) {
    expect(share((symptom) => symptom.fault === fault)).toBeCloseTo(SHARES[fault], 2);
  }
  expect(share(({ delayMs }) => delayMs === STALL_MS)).toBeCloseTo(SHARES.stall, 3);
});
