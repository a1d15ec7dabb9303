import type { Bff } from '@facet/server/internal/http/bff.ts';

/** Memory of a client's pods, in MiB. */
export interface Size {
  /** Asked for, and the most there may be. */
  readonly memory: number;
  /** Most of it for V8's old space. */
  readonly heap: number;
}

/**
 * The screen that a client is for, as the benchmark measured it. Microseconds are one machine's; what the code makes of them is how
 * many times a hand-written server's they are in the same run, and to that a test holds the newest run, as far as runs agree.
 */
export interface Measured {
  readonly screen: string;
  readonly contender: string;
  /** Of all threads, for a request: the middle of the full runs on the slower machine, which bench/scaling/README.md has. */
  readonly cpuMicros: number;
  /** CPU by that of the hand-written server beside it: the middle of the last full runs on two machines. */
  readonly timesHandWritten: number;
  /** The highest peak of all full runs so far. */
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
 * CPU: bench/report.md of 2026-11-28 has 15,190 Home a second at 64 µs each and 4,758 Dashboards at 203 µs, 0.97 of a core both,
 * and the soak's server was at its peak with 0.86: one event loop and its helpers fill a core and no more, so that is what a pod asks
 * for. Pods are added from 60% on; if one of three zones goes away, that becomes 60% x 3 / 2 = 90%. Encoding answers comes on top,
 * on other threads. There is no limit for CPU: it would stop the loop for the rest of each 100 ms. What so many pods answer, and how
 * many there may be: bench/scaling/README.md, by the slower machine, so that there are enough.
 *
 * Memory: the peak, the whole entity cache (64 MiB; the benchmark's few products fill next to none of it) and a quarter on top.
 *
 *   mobile   (194 + 64) x 1.25 = 323, in steps of 64: 384
 *   web      (320 + 64) x 1.25 = 480, in steps of 64: 512
 *
 * Half of it is for V8's old space. The soak's heap was 34 MB after garbage collection, and with a full cache would be 100;
 * the other half has room for the young generation (3 x 16 MiB), and for what idles at 130 MiB with most of it outside of the heap.
 */
const CACHE_MEBIBYTES = 64;
const SPARE = 1.25;
const STEP = 64;

const SIZES = new Map(
  Object.entries(MEASURED).map(([client, { peakMebibytes }]) => [client, sizeFor(peakMebibytes)] as const),
);

/** Nobody has measured the others; they get as much as the largest that was. */
const UNMEASURED = sizeFor(Math.max(...Object.values(MEASURED).map(({ peakMebibytes }) => peakMebibytes)));

export const sizeOf = ({ client }: Pick<Bff, 'client'>): Size => SIZES.get(client) ?? UNMEASURED;

function sizeFor(peakMebibytes: number): Size {
  const memory = Math.ceil(((peakMebibytes + CACHE_MEBIBYTES) * SPARE) / STEP) * STEP;
  return { memory, heap: memory / 2 };
}

/** Percent of the CPU asked for, on average over all pods, from which on there are more of them. */
export const BUSY_PERCENT = 60;
