import { readSettings } from '@facet/server/internal/http/settings/settings.ts';
import { services } from '../../shared/services.ts';
import type { Measured } from './measured.ts';
import { CONTRACT, type Counts, simulate } from './simulate.ts';
import { loadsPerSecond, requestsOf, Zipf } from './traffic.ts';

/** The resources needed for a number of screens per second. */
export interface Fleet {
  readonly perSecond: number;
  readonly cores: number;
  readonly processes: number;
  readonly machines: number;
  readonly memoryGibibytes: number;
  /** Bits per second to the callers, plain and encoded, and from the services. */
  readonly bitsOut: number;
  readonly bitsOutEncoded: number;
  readonly bitsIn: number;
  /** Average response time of a service at which all connections of every process are busy. */
  readonly fullAtMs: number;
}

/** Default number of connections per process and service. All services have the same default. */
const connections = readSettings({}, { port: 0, services }).services['users']?.connections ?? 0;

export function fleetOf(measured: Measured, perSecond: number): Fleet {
  const { utilization, leastProcesses, machineCores } = ASSUMED;
  const cores = (perSecond * (measured.cpuMicros + measured.encodeMicros)) / 1e6;
  const processes = Math.max(leastProcesses, Math.ceil(cores / utilization));
  return {
    perSecond,
    cores,
    processes,
    machines: Math.ceil(processes / machineCores),
    memoryGibibytes: (processes * measured.podMemory) / 1_024,
    bitsOut: perSecond * measured.answerBytes * 8,
    bitsOutEncoded: perSecond * measured.encodedBytes * 8,
    bitsIn: perSecond * measured.serviceBytes * 8,
    // Each screen makes one call to each service with private data.
    fullAtMs: (connections * 1_000 * processes) / perSecond,
  };
}

/** Dollars per hour. */
export interface Cost {
  readonly cores: number;
  readonly memory: number;
  readonly zones: number;
  readonly out: number;
  readonly outEncoded: number;
}

export function costOf({ processes, memoryGibibytes, bitsIn, bitsOut, bitsOutEncoded }: Fleet): Cost {
  const gigabytesAnHour = (bits: number) => (bits / 8 / 1e9) * 3_600;
  return {
    // Each process reserves a whole core.
    cores: processes * ASSUMED.dollarsPerCoreHour,
    memory: memoryGibibytes * ASSUMED.dollarsPerGibibyteHour,
    zones: gigabytesAnHour(bitsIn) * ASSUMED.shareBetweenZones * ASSUMED.dollarsPerGigabyteBetweenZones,
    out: gigabytesAnHour(bitsOut) * ASSUMED.dollarsPerGigabyteOut,
    outEncoded: gigabytesAnHour(bitsOutEncoded) * ASSUMED.dollarsPerGigabyteOut,
  };
}

/** Product rows per second at a Dashboard rate and number of processes, with caches that hold all products. */
export interface ProductRows {
  /** Rows that screens show. Without caches, the catalog serves all of them. */
  readonly shown: number;
  /** Rows that the catalog serves if each process has its own cache. */
  readonly own: number;
  /** Rows that the catalog serves with a shared cache. */
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

/** The warm-up exceeds the 12 s in which a small cache fills and is completely replaced. Counting covers one freshness period. */
const FILL_SECONDS = 31;
const COUNT_SECONDS = 60;

/** Simulates one process for a minute with a warm cache, at a number of Dashboards per second. */
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

/** Assumptions that are not measured; replace them with your own. Prices are rounded list prices in US dollars. */
export const ASSUMED = {
  /** Target share of a core per process. Kubernetes adds pods above it. */
  utilization: 0.6,
  /** Minimum number of processes: one in each of three zones. */
  leastProcesses: 3,
  machineCores: 16,
  /** Number of products, Zipf exponent of their popularity, and distinct products per Dashboard. */
  catalog: 20_000,
  exponent: 0.8,
  rowsOfDashboard: 20,
  dollarsPerCoreHour: 0.04,
  dollarsPerGibibyteHour: 0.005,
  /** Egress from the region to the callers. */
  dollarsPerGigabyteOut: 0.05,
  /** Traffic between zones. With three zones, two thirds of the services' responses come from another zone. */
  dollarsPerGigabyteBetweenZones: 0.02,
  shareBetweenZones: 2 / 3,
} as const;

/** Load levels in screens per second. */
export const LOADS = [1_000, 100_000, 1_000_000] as const;
