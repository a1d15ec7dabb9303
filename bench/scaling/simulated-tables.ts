import { table } from '@facet/cli/internal/table.ts';
import { ASSUMED } from './assumptions.ts';
import { percent, some, whole } from './format.ts';
import { loadsPerSecond } from './formula.ts';
import type { Measured } from './measured.ts';
import { oneProcess } from './products.ts';
import { CONTRACT, simulate } from './simulate.ts';
import { requestsOf } from './traffic.ts';
import { Zipf } from './zipf.ts';

/** Small fleets, simulated whole, beside the formula. */
export function simulationTable(): string {
  const traffic = { perSecond: 200, seconds: 151, rows: 5, catalog: 20_000, exponent: ASSUMED.exponent, seed: 1 };
  const zipf = new Zipf(traffic.catalog, traffic.exponent);
  const rows = [1, 4, 16].flatMap((processes) =>
    [false, true].map((shared) => {
      const keeping = { ...CONTRACT, rowsOfProcess: traffic.catalog, shared };
      const found = simulate(requestsOf({ ...traffic, processes }), keeping, 91_000);
      const all = found.fresh + found.stale + found.missed;
      const caches = shared ? 1 : processes;
      const formula = caches * loadsPerSecond(zipf, (traffic.perSecond * traffic.rows) / caches, CONTRACT.freshMs);
      return [
        String(processes),
        shared ? 'yes' : 'no',
        percent(found.fresh, all),
        percent(found.stale, all),
        percent(found.missed, all),
        percent(found.waited, found.requests),
        some(found.calls / 60),
        some(found.loaded / 60),
        some(formula),
        some(found.sharedRows / 60),
      ];
    }),
  );
  const head = [
    'processes',
    'shared',
    'fresh',
    'stale',
    'missed',
    'waited',
    'calls/s',
    'rows/s',
    'formula',
    'asked of it/s',
  ];
  return table(head, rows);
}

/** Products that there are, and how many of them one process has room for. */
const ROOMS: readonly (readonly [catalog: number, room: number])[] = [
  [100_000, 37_000],
  [1_000_000, 37_000],
  [1_000_000, 148_000],
];

/** One process at the load that it is to have, where it has not room for all products. */
export function roomTable({ cpuMicros, encodeMicros }: Measured): string {
  const perSecond = (ASSUMED.utilization * 1e6) / (cpuMicros + encodeMicros);
  const rows = ROOMS.map(([catalog, room]) => {
    const { fresh, stale, missed, loaded } = oneProcess(perSecond, catalog, ASSUMED.exponent, room);
    const all = fresh + stale + missed;
    return [whole(catalog), whole(room), percent(fresh + stale, all), percent(missed, all), some(loaded / 60)];
  });
  return table(['products', 'room for', 'found', 'missed', 'rows/s'], rows);
}
