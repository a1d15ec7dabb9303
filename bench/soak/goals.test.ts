import { describe, expect, test } from '@jest/globals';
import { groups, latency, perSecond, SLICE_MS, type Slice, type Stretch } from './figures.ts';
import { goalsOf, heapGrowth, noVerdict, recoveryMs } from './goals.ts';
import type { Soaked } from './soak.ts';

const slice = (more: Partial<Slice> = {}): Slice => ({
  order: 1,
  tookMs: SLICE_MS,
  offered: 10,
  whole: 10,
  partial: 0,
  late: 0,
  refused: 0,
  wrong: 0,
  admittedMs: [20, 20, 30],
  refusedMs: [],
  sentLateMs: 0,
  inFlight: 1,
  ...more,
});
const times = (count: number, more?: Partial<Slice>): Slice[] => Array.from({ length: count }, () => slice(more));

describe('recovery', () => {
  const before = times(8);

  test('is 0 if the server stays healthy', () => {
    expect(recoveryMs(times(8), before)).toBe(0);
  });

  test.each([
    ['requests are refused', { refused: 1 }],
    ['an answer is late', { late: 1 }],
    ['an answer is wrong', { wrong: 1 }],
    ['answers take more than twice as long', { admittedMs: [41, 41, 41] }],
    ['there are no answers', { admittedMs: [] }],
  ])('is over once a second has passed in which it is not that %s', (_, illness) => {
    expect(recoveryMs([...times(2, illness), slice(), ...times(1, illness), ...times(4)], before)).toBe(4 * SLICE_MS);
  });

  test('is never over where no second is good', () => {
    expect(recoveryMs([...times(3), slice({ refused: 1 }), ...times(3)], before)).toBe(Number.POSITIVE_INFINITY);
  });
});

test('the heap growth compares medians of the last and the first third', () => {
  const heap = [100, 900, 100, 500, 500, 500, 110, 110, 10].map((usedBytes) => ({ atMs: 0, pausedMs: 1, usedBytes }));
  expect(heapGrowth(heap)).toBeCloseTo(1.1);
});

test('slices are added up by the time that they really took', () => {
  const slices = [slice(), slice({ tookMs: 3 * SLICE_MS, whole: 30 })];
  expect(perSecond(slices, 'whole')).toBe(40);
  expect(perSecond(slices, 'whole', 'offered')).toBe(60);
  expect(latency(slices, 1)).toBe(30);
  expect(groups(times(9), 1_000).map((group) => group.length)).toEqual([4, 4, 1]);
});

describe('a run', () => {
  const mean = { server: 0.9, services: 0.2, load: 0.2, others: 0, othersOfLoad: 0 };
  const idle = { others: 0, othersOfLoad: 0 };
  const stretch = (slices: readonly Slice[] = times(8), worst = idle): Stretch => ({
    perSecond: 40,
    slices,
    cpu: { mean, worst },
  });
  const heap = Array.from({ length: 6 }, (_, atMs) => ({ atMs, pausedMs: 1, usedBytes: 100 }));
  const run = (more: Partial<Soaked> = {}): Soaked => ({
    peak: { steps: [stretch()], goodput: 40, whole: 40 },
    calm: stretch(),
    overload: stretch(),
    recovery: stretch(),
    heap,
    ...more,
  });

  test('meets all goals if the server stays healthy', () => {
    expect(goalsOf(run()).filter(({ isMet }) => !isMet)).toEqual([]);
  });

  const wrong = stretch([...times(7), slice({ wrong: 1 })]);
  test.each([
    ['the search for the peak', run({ peak: { steps: [wrong], goodput: 40, whole: 40 } })],
    ['half the peak', run({ calm: wrong })],
    ['the overload', run({ overload: wrong })],
  ])('is short by a single wrong response in %s', (_, soaked) => {
    const short = goalsOf(soaked).filter(({ isMet }) => !isMet);
    expect(short).toMatchObject([{ what: 'wrong responses in the whole run', reached: 1, bound: 0 }]);
  });

  test.each([
    ['a tenth of a core', { ...idle, others: 0.1, othersOfLoad: 0.1 }, undefined],
    ["more than that of the server's", { ...idle, others: 0.11 }, "up to 11% of the server's core"],
    ["more than that of the load's", { ...idle, othersOfLoad: 0.25 }, "25% of the load's core"],
  ])('during which other processes use %s in some seconds', (_, worst, reason) => {
    for (const soaked of [
      run({ recovery: stretch(times(8), worst) }),
      run({ peak: { steps: [stretch(times(8), worst)], goodput: 40, whole: 40 } }),
    ]) {
      const verdict = noVerdict(soaked);
      if (reason === undefined) expect(verdict).toBeUndefined();
      else expect(verdict).toContain(reason);
    }
  });
});
