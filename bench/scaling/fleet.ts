import { readSettings } from '@facet/server/internal/http/settings/settings.ts';
import { services } from '../../shared/services.ts';
import { ASSUMED } from './assumptions.ts';
import type { Measured } from './measured.ts';

/** What answers so many screens a second. */
export interface Fleet {
  readonly perSecond: number;
  readonly cores: number;
  readonly processes: number;
  readonly machines: number;
  readonly memoryGibibytes: number;
  /** Bits a second to the callers, plain and encoded, and from the services. */
  readonly bitsOut: number;
  readonly bitsOutEncoded: number;
  readonly bitsIn: number;
  /** A service that takes longer than this on average fills the connections of every process. */
  readonly fullAtMs: number;
}

/** Most connections of a process to one service, by default; users stand for all. */
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
    // One call to each service that answers the caller's own.
    fullAtMs: (connections * 1_000 * processes) / perSecond,
  };
}

/** Dollars an hour. */
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
    // A core for each, whether it is busy or not.
    cores: processes * ASSUMED.dollarsPerCoreHour,
    memory: memoryGibibytes * ASSUMED.dollarsPerGibibyteHour,
    zones: gigabytesAnHour(bitsIn) * ASSUMED.shareBetweenZones * ASSUMED.dollarsPerGigabyteBetweenZones,
    out: gigabytesAnHour(bitsOut) * ASSUMED.dollarsPerGigabyteOut,
    outEncoded: gigabytesAnHour(bitsOutEncoded) * ASSUMED.dollarsPerGigabyteOut,
  };
}
