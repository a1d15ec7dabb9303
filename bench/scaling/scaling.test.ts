import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { fleetOf } from './fleet.ts';
import { measuredIn } from './measured.ts';
import { type CacheSettings, CONTRACT, simulate } from './simulate.ts';
import { loadsPerSecond, type Request, requestsOf, type Traffic, Zipf } from './traffic.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT = readFileSync(`${ROOT}bench/scaling/README.md`, 'utf8');

const traffic: Traffic = {
  processes: 4,
  perSecond: 50,
  seconds: 100,
  rows: 1,
  catalog: 1_000,
  exponent: 0.8,
  seed: 1,
};
const FOREVER: CacheSettings = { freshMs: Number.POSITIVE_INFINITY, staleMs: 0, rowsOfProcess: 1_000, shared: false };

describe('demand by Zipf’s law', () => {
  test('is all of it, and in the proportions of the law', () => {
    const zipf = new Zipf(1_000, 0.8);
    const shares = Array.from({ length: 1_000 }, (_, rank) => zipf.shareOf(rank));
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
    expect(zipf.shareOf(0) / zipf.shareOf(9)).toBeCloseTo(10 ** 0.8, 6);
    expect(new Zipf(10, 0).shareOf(7)).toBeCloseTo(0.1, 9);
  });

  test('a random number stands for the rank whose part of all wishes it falls into', () => {
    const zipf = new Zipf(3, 1);
    // 6/11, 3/11 and 2/11.
    expect([0, 0.54, 0.55, 0.81, 0.82, 0.999].map((random) => zipf.rankAt(random))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe('requests', () => {
  test('are the same for the same seed, as many as there should be, and for different rows', () => {
    const requests = [...requestsOf({ ...traffic, rows: 5 })];
    expect([...requestsOf({ ...traffic, rows: 5 })]).toEqual(requests);
    expect([...requestsOf({ ...traffic, rows: 5, seed: 2 })]).not.toEqual(requests);
    // Five standard deviations of 5,000.
    expect(Math.abs(requests.length - 5_000)).toBeLessThan(5 * Math.sqrt(5_000));
    expect(requests.every(({ rows }) => new Set(rows).size === 5)).toBe(true);
    expect(new Set(requests.map(({ process }) => process))).toEqual(new Set([0, 1, 2, 3]));
  });

  test('cannot be for more rows than there are', () => {
    expect(() => [...requestsOf({ ...traffic, catalog: 4, rows: 5 })]).toThrow(
      '5 distinct rows, but the catalog has only 4',
    );
  });
});

describe('the simulation, where the answer is known', () => {
  test('no traffic asks for nothing', () => {
    const none = [...requestsOf({ ...traffic, perSecond: 0 })];
    expect(none).toEqual([]);
    expect(Object.values(simulate(none, FOREVER)).every((count) => count === 0)).toBe(true);
  });

  test.each([
    { shared: false, loaded: 4, sharedRows: 0 },
    { shared: true, loaded: 1, sharedRows: 4 },
  ])(
    'one row that is good for ever is loaded $loaded times by four processes, shared: $shared',
    ({ shared, loaded, sharedRows }) => {
      const found = simulate(requestsOf({ ...traffic, catalog: 1 }), { ...FOREVER, shared });
      expect(found).toMatchObject({ missed: 4, calls: loaded, waited: loaded, loaded, sharedRows });
      expect(found.fresh).toBe(found.requests - 4);
    },
  );

  test('a row that is not cacheable is loaded each time', () => {
    const found = simulate(requestsOf(traffic), { ...FOREVER, freshMs: 0, shared: true });
    expect(found).toMatchObject({ fresh: 0, stale: 0, missed: found.requests, loaded: found.requests });
  });

  test('a clockwork of requests: fresh, stale once with a load behind it, and fresh again', () => {
    const every10s = Array.from({ length: 19 }, (_, n): Request => ({ at: n * 10_000, process: 0, rows: [0] }));
    const found = simulate(every10s, { ...CONTRACT, rowsOfProcess: 1, shared: false });
    // At 0 it is missed; at 60, 120 and 180 s it is past its freshness.
    expect(found).toMatchObject({ requests: 19, missed: 1, stale: 3, fresh: 15, calls: 4, waited: 1 });
  });

  test('what is asked for after both times are over is waited for', () => {
    const requests: Request[] = [0, 90_000].map((at) => ({ at, process: 0, rows: [0, 1] }));
    const found = simulate(requests, { ...CONTRACT, rowsOfProcess: 2, shared: false });
    expect(found).toMatchObject({ missed: 4, stale: 0, waited: 2, calls: 2, loaded: 4 });
  });

  test('of two rows in the room of one, each pushes the other out', () => {
    const inTurns = Array.from({ length: 10 }, (_, n): Request => ({ at: n, process: 0, rows: [n % 2] }));
    expect(simulate(inTurns, { ...FOREVER, rowsOfProcess: 1 })).toMatchObject({ missed: 10, loaded: 10 });
    expect(simulate(inTurns, { ...FOREVER, rowsOfProcess: 2 })).toMatchObject({ missed: 2, fresh: 8 });
    // The shared level has it, however little room a process has.
    expect(simulate(inTurns, { ...FOREVER, rowsOfProcess: 1, shared: true })).toMatchObject({ missed: 10, loaded: 2 });
  });

  test('a row has the age of the original in every process', () => {
    const requests: Request[] = [
      { at: 0, process: 0, rows: [0] },
      { at: 50_000, process: 1, rows: [0] },
      { at: 61_000, process: 1, rows: [0] },
      { at: 62_000, process: 0, rows: [0] },
    ];
    const found = simulate(requests, { ...CONTRACT, rowsOfProcess: 1, shared: true });
    // The third finds it stale, and loads it for the fourth, whose own is stale too.
    expect(found).toMatchObject({ missed: 2, stale: 2, fresh: 0, loaded: 2, sharedRows: 4, sharedFresh: 1 });
  });

  test('a row that comes stale out of the shared level is used, and fetched anew', () => {
    const requests = [0, 70_000].map((at, process): Request => ({ at, process, rows: [0] }));
    const found = simulate(requests, { ...CONTRACT, rowsOfProcess: 1, shared: true });
    expect(found).toMatchObject({ missed: 2, waited: 1, loaded: 2, sharedFresh: 0, sharedStale: 1 });
  });

  test.each([
    { processes: 1, shared: false },
    { processes: 4, shared: false },
    { processes: 4, shared: true },
  ])('$processes processes, shared: $shared, load as many rows as the formula says', ({ processes, shared }) => {
    const [perSecond, seconds, catalog] = [50, 2_000, 200];
    const requests = requestsOf({ ...traffic, processes, perSecond, seconds: seconds + 100, catalog });
    const found = simulate(requests, { ...CONTRACT, rowsOfProcess: catalog, shared }, 100_000);
    const caches = shared ? 1 : processes;
    const formula = caches * loadsPerSecond(new Zipf(catalog, traffic.exponent), perSecond / caches, CONTRACT.freshMs);
    // Loads of a row come at steadier intervals than a Poisson process, so that their number's deviation is below its root.
    expect(Math.abs(found.loaded - formula * seconds)).toBeLessThan(3 * Math.sqrt(formula * seconds));
  });
});

describe('the arithmetic', () => {
  const [home] = measuredIn(DOCUMENT, 'What was measured');
  if (!home) throw new Error('Nothing was measured.');

  test('low load needs the minimum number of processes', () => {
    expect(fleetOf(home, 1)).toMatchObject({ processes: 3, machines: 1 });
  });

  test('twice the screens are twice the cores and bytes', () => {
    const [one, two] = [fleetOf(home, 1e6), fleetOf(home, 2e6)];
    expect(two.cores).toBeCloseTo(2 * one.cores, 6);
    expect(two.bitsOut).toBe(2 * one.bitsOut);
    expect(one.cores).toBeCloseTo(home.cpuMicros + home.encodeMicros, 6);
  });

  test('reports a table without numbers', () => {
    expect(() => measuredIn(DOCUMENT.replace(/^(\| Home +\| +)\d+/m, '$1many'), 'What was measured')).toThrow(
      'Not all cells are numbers',
    );
    expect(() => measuredIn(DOCUMENT, 'No such heading')).toThrow('The table of measurements is missing');
  });
});

test('bench/scaling/README.md has what comes out', () => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const printed = execFileSync(process.execPath, ['bench/scaling/run.ts'], { cwd: ROOT, env, encoding: 'utf8' });
  const tables = printed.match(/(?:^\|.*\|\n)+/gm) ?? [];
  expect(tables).toHaveLength(6);
  expect(tables.filter((text) => !DOCUMENT.includes(`\n\n${text}\n`))).toEqual([]);
});
