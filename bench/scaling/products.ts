import { ASSUMED } from './assumptions.ts';
import type { Fleet } from './fleet.ts';
import { loadsPerSecond } from './formula.ts';
import { CONTRACT, type Counts, simulate } from './simulate.ts';
import { requestsOf } from './traffic.ts';
import { Zipf } from './zipf.ts';

/** Rows of products a second, for so many Dashboards a second on so many processes, each with room for all of them. */
export interface ProductRows {
  /** That screens show: without caches the catalog is asked for all of them. */
  readonly shown: number;
  /** That the catalog is asked for, where each process has a cache of its own. */
  readonly own: number;
  /** The same with a level that all share. */
  readonly shared: number;
}

export function productRowsOf({ perSecond, processes }: Pick<Fleet, 'perSecond' | 'processes'>): ProductRows {
  const { catalog, exponent, rowsOfDashboard } = ASSUMED;
  const zipf = new Zipf(catalog, exponent);
  const shown = perSecond * rowsOfDashboard;
  return {
    shown,
    own: processes * loadsPerSecond(zipf, shown / processes, CONTRACT.freshMs),
    shared: loadsPerSecond(zipf, shown, CONTRACT.freshMs),
  };
}

/** A cache that is too small is filled, and all in it pushed out again, within 12 s; it is counted for as long as a row is fresh. */
const FILL_SECONDS = 31;
const COUNT_SECONDS = 60;

/** What one process finds and asks for in a minute, its caches filled, at so many Dashboards a second. */
export function oneProcess(perSecond: number, catalog: number, exponent: number, rowsOfProcess: number): Counts {
  const traffic = {
    processes: 1,
    perSecond,
    seconds: FILL_SECONDS + COUNT_SECONDS,
    rows: ASSUMED.rowsOfDashboard,
    catalog,
    exponent,
    seed: 1,
  };
  return simulate(requestsOf(traffic), { ...CONTRACT, rowsOfProcess, shared: false }, FILL_SECONDS * 1_000);
}
