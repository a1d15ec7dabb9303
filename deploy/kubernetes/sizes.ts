import type { Bff } from '../../shared/server/bff.ts';

/** Memory of a client's pods, in MiB. */
export interface Size {
  /** Asked for, and the most there may be. */
  readonly memory: number;
  /** Most of it for V8's old space. */
  readonly heap: number;
}

/*
 * From bench/report.md of 2026-11-24, with the entity cache on, and soak/report.md of the same day:
 *
 *              CPU a request   requests/s of a core   idle RSS   peak RSS
 *   Home             145 µs                  6,107     130 MiB    194 MiB
 *   Dashboard        420 µs                  2,145     132 MiB    320 MiB
 *
 * CPU: 6,107 x 145 µs = 0.89 and 2,145 x 420 µs = 0.90 of a core, and the soak's server was at its peak with 0.94: one event
 * loop and its helpers fill a core and no more, so that is what a pod asks for. Pods are added from 60% on: 0.6 / 145 µs = 4,138
 * Home a second of each pod, 0.6 / 420 µs = 1,429 Dashboards. If one of three zones goes away, 60% becomes 60% x 3 / 2 = 90%,
 * still below that peak. Encoding answers (zstd: 30 and 42 µs) comes on top, on other threads. There is no limit for CPU: it would
 * stop the loop for the rest of each 100 ms.
 *
 * Memory: the peak, the whole entity cache (64 MiB; the benchmark's few products fill next to none of it) and a quarter on top.
 *
 *   mobile   (194 + 64) x 1.25 = 323, in steps of 64: 384
 *   web      (320 + 64) x 1.25 = 480, in steps of 64: 512
 *
 * Half of it is for V8's old space. The soak's heap was 32 MiB after garbage collection, and with a full cache would be 96;
 * the other half has room for the young generation (3 x 16 MiB), and for what idles at 130 MiB with most of it outside of the heap.
 */
const SIZES: Readonly<Record<string, Size>> = {
  mobile: { memory: 384, heap: 192 },
  web: { memory: 512, heap: 256 },
};

/** Nobody has measured the others; they get as much as the largest that was. */
const UNMEASURED: Size = { memory: 512, heap: 256 };

export const sizeOf = ({ client }: Pick<Bff, 'client'>): Size => SIZES[client] ?? UNMEASURED;

/** Percent of the CPU asked for, on average over all pods, from which on there are more of them. */
export const BUSY_PERCENT = 60;
