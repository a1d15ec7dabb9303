import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ASSUMED, fleetOf, LOADS } from '../../bench/scaling/fleet.ts';
import { measuredIn } from '../../bench/scaling/measured.ts';
import { ENVIRONMENTS } from './environments.ts';
import { BUSY_PERCENT, MEASURED, sizeOf } from './sizes.ts';
import { numberIn, tableBelow } from './testing/markdown-table.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const document = read('bench/scaling/README.md');
const report = read('bench/report.md');
const costs = measuredIn(document, 'What was measured');

/** Full runs of nearly the same code lie as far as this around their middle: less than that says nothing of the code. */
const RUNS_AGREE_WITHIN = 1.5;

const measured = Object.entries(MEASURED).map(([client, figures]) => ({ client, ...figures }));

describe.each(measured)('$screen, the basis of the size of $client', ({ client, screen, contender, ...figures }) => {
  const row = tableBelow(report, screen).find((each) => each['contender'] === contender);
  const cost = costs.find((each) => each.screen === screen);

  test('has the CPU ratio of the newest benchmark run, within the variation of runs', () => {
    const handWritten = tableBelow(report, screen).find((each) => each['contender'] === 'Hand-written');
    const times = numberIn(row?.['CPU µs/request']) / numberIn(handWritten?.['CPU µs/request']);
    const ratio = times / figures.timesHandWritten;
    expect(ratio).toBeGreaterThan(1 / RUNS_AGREE_WITHIN);
    expect(ratio).toBeLessThan(RUNS_AGREE_WITHIN);
  });

  test('peak memory is between half and all of the pod’s share', () => {
    const peak = numberIn(row?.['peak RSS MB']);
    expect(peak).toBeLessThan(figures.peakMebibytes * 1.25);
    expect(peak).toBeGreaterThan(figures.peakMebibytes / 2);
  });

  test('bench/scaling/README.md has the same figures', () => {
    expect(cost).toMatchObject({ cpuMicros: figures.cpuMicros, podMemory: sizeOf({ client }).memory });
  });
});

describe('pods in production', () => {
  const replicas = ENVIRONMENTS.find(({ name }) => name === 'production')?.replicas ?? { least: 0, most: 0 };
  const [, ofARegion] = LOADS;
  const needed = Math.max(...costs.map((cost) => fleetOf(cost, ofARegion).processes));

  test('have the utilization and minimum of bench/scaling/README.md', () => {
    expect(BUSY_PERCENT / 100).toBe(ASSUMED.utilization);
    expect(replicas.least).toBe(ASSUMED.leastProcesses);
  });

  test('have a maximum between the need of a region and twice that', () => {
    expect(replicas.most).toBeGreaterThanOrEqual(needed);
    expect(replicas.most).toBeLessThan(2 * needed);
  });

  test('have the throughput in bench/scaling/README.md', () => {
    const rows = tableBelow(document, 'How many pods there may be').map(Object.values);
    const most = replicas.most.toLocaleString('en');
    const expected = costs.map((cost) => {
      const perSecond = (replicas.most * ASSUMED.utilization * 1e6) / (cost.cpuMicros + cost.encodeMicros);
      return [cost.screen, most, (Math.floor(perSecond / 1_000) * 1_000).toLocaleString('en')];
    });
    expect(rows).toEqual(expected);
  });
});
