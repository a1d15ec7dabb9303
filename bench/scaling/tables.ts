import { table } from '@facet/cli/internal/table.ts';
import { ASSUMED, LOADS } from './assumptions.ts';
import { costOf, fleetOf } from './fleet.ts';
import { gigabits, some, whole } from './format.ts';
import { loadsPerSecond } from './formula.ts';
import type { Measured } from './measured.ts';
import { productRowsOf } from './products.ts';
import { CONTRACT } from './simulate.ts';
import { roomTable, simulationTable } from './simulated-tables.ts';
import { Zipf } from './zipf.ts';

/** What there has to be to answer so many screens a second. */
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

/** What users and orders are asked in a second, and rows and lists of the catalog. */
export function servicesTable(screens: readonly Measured[]): string {
  const rows = screens.flatMap((measured) =>
    LOADS.map((perSecond) => {
      const fleet = fleetOf(measured, perSecond);
      const products = measured.screen === 'Dashboard' ? productRowsOf(fleet) : { shown: 0, own: 0, shared: 0 };
      // The list of promotions is one more thing that is kept.
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

/** Dollars an hour in one region. */
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

/** All of them, under the headings that they have in bench/scaling/README.md. */
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
