import { table } from '@facet/cli/internal/table.ts';
import { ASSUMED, costOf, fleetOf, LOADS, oneProcess, productRowsOf } from './fleet.ts';
import type { Measured } from './measured.ts';
import { CONTRACT, simulate } from './simulate.ts';
import { loadsPerSecond, requestsOf, Zipf } from './traffic.ts';

/** Cores, processes, machines and memory by load level. */
export function coresTable(screens: readonly Measured[]): string {
  const rows = screens.flatMap((measured) =>
    LOADS.map((perSecond) => {
      const { cores, processes, machines, memoryGibibytes, fullAtMs } = fleetOf(measured, perSecond);
      return [
        measured.screen,
        whole(perSecond),
        some(cores),
        whole(processes),
        whole(machines),
        whole(memoryGibibytes),
        some(fullAtMs),
      ];
    }),
  );
  const { machineCores } = ASSUMED;
  const head = ['screen', 'a second', 'cores busy', 'processes', `machines of ${machineCores}`, 'GiB', '64 full at ms'];
  return table(head, rows);
}

export function bytesTable(screens: readonly Measured[]): string {
  const rows = screens.flatMap((measured) =>
    LOADS.map((perSecond) => {
      const { bitsOut, bitsOutEncoded, bitsIn, machines } = fleetOf(measured, perSecond);
      return [
        measured.screen,
        whole(perSecond),
        gigabits(bitsOut),
        gigabits(bitsOutEncoded),
        gigabits(bitsIn),
        gigabits((bitsOutEncoded + bitsIn) / machines),
      ];
    }),
  );
  return table(['screen', 'a second', 'out, plain Gbit/s', 'by zstd', 'from services', 'a machine, by zstd'], rows);
}

/** Calls per second to users and orders, and rows and lists per second from the catalog. */
export function servicesTable(screens: readonly Measured[]): string {
  const rows = screens.flatMap((measured) =>
    LOADS.map((perSecond) => {
      const fleet = fleetOf(measured, perSecond);
      const products = measured.screen === 'Dashboard' ? productRowsOf(fleet) : { shown: 0, own: 0, shared: 0 };
      // The list of promotions is cached like a row.
      const lists = (caches: number) => caches * loadsPerSecond(new Zipf(1, 0), perSecond / caches, CONTRACT.freshMs);
      const cells = [
        perSecond,
        perSecond,
        perSecond + products.shown,
        lists(fleet.processes) + products.own,
        lists(1) + products.shared,
      ];
      return [measured.screen, ...cells.map(some)];
    }),
  );
  const head = ['screen', 'a second', 'users, orders', 'catalog, no cache', 'own caches', 'shared level'];
  return table(head, rows);
}

/** Dollars per hour in one region. */
export function costTable(screens: readonly Measured[]): string {
  const rows = screens.flatMap((measured) =>
    LOADS.map((perSecond) => {
      const { cores, memory, zones, out, outEncoded } = costOf(fleetOf(measured, perSecond));
      const million = ((cores + memory + zones + outEncoded) / (perSecond * 3_600)) * 1e6;
      return [measured.screen, whole(perSecond), ...[cores, memory, zones, out, outEncoded, million].map(some)];
    }),
  );
  const head = ['screen', 'a second', 'cores $/h', 'memory', 'zones', 'out, plain', 'out, zstd', '$ a million'];
  return table(head, rows);
}

/** All tables with their headings in bench/scaling/README.md. */
export function documentTables(screens: readonly Measured[]): { readonly title: string; readonly text: string }[] {
  const dashboard = screens.find(({ screen }) => screen === 'Dashboard');
  if (!dashboard) throw new Error('The Dashboard was not measured.');
  return [
    { title: 'Cores', text: coresTable(screens) },
    { title: 'Bytes', text: bytesTable(screens) },
    { title: 'What the services see', text: servicesTable(screens) },
    { title: 'The simulation', text: simulationTable() },
    { title: 'Room', text: roomTable(dashboard) },
    { title: 'What a region costs', text: costTable(screens) },
  ];
}

/** Simulations of small fleets, compared with the formula. */
export function simulationTable(): string {
  const traffic = { perSecond: 200, seconds: 151, rows: 5, catalog: 20_000, exponent: ASSUMED.exponent, seed: 1 };
  const zipf = new Zipf(traffic.catalog, traffic.exponent);
  const rows = [1, 4, 16].flatMap((processes) =>
    [false, true].map((shared) => {
      const settings = { ...CONTRACT, rowsOfProcess: traffic.catalog, shared };
      const found = simulate(requestsOf({ ...traffic, processes }), settings, 91_000);
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

/** Number of products, and number of products that fit into one process's cache. */
const ROOMS: readonly (readonly [catalog: number, room: number])[] = [
  [100_000, 37_000],
  [1_000_000, 37_000],
  [1_000_000, 148_000],
];

/** One process at its target load, with a cache that cannot hold all products. */
export function roomTable({ cpuMicros, encodeMicros }: Measured): string {
  const perSecond = (ASSUMED.utilization * 1e6) / (cpuMicros + encodeMicros);
  const rows = ROOMS.map(([catalog, room]) => {
    const { fresh, stale, missed, loaded } = oneProcess(perSecond, catalog, ASSUMED.exponent, room);
    const all = fresh + stale + missed;
    return [whole(catalog), whole(room), percent(fresh + stale, all), percent(missed, all), some(loaded / 60)];
  });
  return table(['products', 'room for', 'found', 'missed', 'rows/s'], rows);
}

/** Formats an integer with thousands separators. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
/** Formats small numbers with three significant digits. */
export const some = (value: number): string => (value >= 100 ? whole(value) : String(Number(value.toPrecision(3))));
export const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)}%`;
export const gigabits = (bits: number): string => some(bits / 1e9);
