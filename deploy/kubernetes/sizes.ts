import type { Bff } from '@facet/server/internal/http/bff.ts';

/** Memory of a client's pods, in MiB. */
export interface Size {
  /** Memory request and limit. */
  readonly memory: number;
  /** Limit of V8's old space. */
  readonly heap: number;
}

/**
 * The benchmark's figures for a client's main screen. Microseconds depend on the machine, so a test compares only the ratio to the
 * hand-written server with the newest run of the benchmark.
 */
export interface Measured {
  readonly screen: string;
  readonly contender: string;
  /** CPU time of all threads per request: the median of the full runs on the slower machine in bench/scaling/README.md. */
  readonly cpuMicros: number;
  /** CPU time divided by that of the hand-written server in the same run: the median of the last full runs on two machines. */
  readonly timesHandWritten: number;
  /** Highest peak memory of all full runs. */
  readonly peakMebibytes: number;
}

export const MEASURED = {
  mobile: { screen: 'Home', contender: 'Facet, cache on', cpuMicros: 237, timesHandWritten: 1, peakMebibytes: 194 },
  web: {
    screen: 'Dashboard',
    contender: 'Facet, as it comes',
    cpuMicros: 514,
    timesHandWritten: 0.96,
    peakMebibytes: 320,
  },
} as const satisfies Readonly<Record<string, Measured>>;

/*
 * CPU: bench/report.md of 2026-11-28 has 15,190 Home screens per second at 64 µs and 4,758 Dashboards at 203 µs, both 0.97 of a core.
 * The server of the soak test reached its peak at 0.86. One event loop with its helper threads fills one core, so a pod requests one.
 * Pods are added above 60%. If one of three zones fails, utilization becomes 60% x 3 / 2 = 90%. Encoding responses runs on other
 * threads in addition. There is no CPU limit, because it would pause the event loop for the rest of each 100 ms period.
 * bench/scaling/README.md has the throughput and the number of pods, based on the slower machine.
 *
 * Memory: the peak plus the whole entity cache (64 MiB, almost unused by the benchmark), plus a quarter.
 *
 *   mobile   (194 + 64) x 1.25 = 323, in steps of 64: 384
 *   web      (320 + 64) x 1.25 = 480, in steps of 64: 512
 *
 * Half of it is for V8's old space: the heap of the soak test was 34 MB after garbage collection, about 100 MB with a full cache. The
 * other half is for the young generation (3 x 16 MiB) and for memory outside of the heap, most of the 130 MiB of an idle process.
 */
const CACHE_MEBIBYTES = 64;
const SPARE = 1.25;
const STEP = 64;

const SIZES = new Map(
  Object.entries(MEASURED).map(([client, { peakMebibytes }]) => [client, sizeFor(peakMebibytes)] as const),
);

/** Clients that were not measured get the largest measured size. */
const UNMEASURED = sizeFor(Math.max(...Object.values(MEASURED).map(({ peakMebibytes }) => peakMebibytes)));

export const sizeOf = ({ client }: Pick<Bff, 'client'>): Size => SIZES.get(client) ?? UNMEASURED;

function sizeFor(peakMebibytes: number): Size {
  const memory = Math.ceil(((peakMebibytes + CACHE_MEBIBYTES) * SPARE) / STEP) * STEP;
  return { memory, heap: memory / 2 };
}

/** Average CPU utilization in percent above which the autoscaler adds pods. */
export const BUSY_PERCENT = 60;
