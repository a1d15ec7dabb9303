import { quantile } from '../harness/statistics.ts';
import type { WatchedCpu } from './cpu.ts';

/** The counts of a quarter of a second. A response counts in the slice in which it arrives. */
export interface Slice {
  /** Number of the order that it belongs to, starting at 1. */
  readonly order: number;
  readonly tookMs: number;
  /** Requests that were due in it. */
  offered: number;
  /** Complete responses within the deadline, and those with null sections. */
  whole: number;
  partial: number;
  /** Complete or partial responses after the deadline. */
  late: number;
  /** 503 OVERLOADED. */
  refused: number;
  /** Any other response, broken connections and missing responses. */
  wrong: number;
  /** Latencies in milliseconds, measured from the time when a request was due: of admitted and of refused requests. */
  readonly admittedMs: readonly number[];
  readonly refusedMs: readonly number[];
  /** How late the last request was sent, in milliseconds. */
  readonly sentLateMs: number;
  /** Requests in flight at its end. */
  readonly inFlight: number;
}

/** A message to the load generator: the new number of requests per second. */
export interface Order {
  readonly order: number;
  readonly perSecond: number;
}

export const SLICE_MS = 250;

/** A phase at one request rate, with its results. */
export interface Stretch {
  readonly perSecond: number;
  readonly slices: readonly Slice[];
  readonly cpu: WatchedCpu;
}

/** Offers a request rate for a duration in milliseconds. The last slice may arrive shortly after. */
export type Hold = (perSecond: number, forMs: number) => Promise<Stretch>;

/** The name of a count in a slice. */
export type Count = 'offered' | 'whole' | 'partial' | 'late' | 'refused' | 'wrong';

/** The rate of these counts per second. */
export function perSecond(slices: readonly Slice[], ...counts: readonly Count[]): number {
  const sum = slices.reduce((all, slice) => all + counts.reduce((own, count) => own + slice[count], 0), 0);
  return (sum * 1_000) / lengthMs(slices);
}

/** Good responses per second: complete or partial, within the deadline. */
export const goodput = (slices: readonly Slice[]): number => perSecond(slices, 'whole', 'partial');

export const lengthMs = (slices: readonly Slice[]): number => slices.reduce((all, { tookMs }) => all + tookMs, 0);

/** The quantile of the latencies in milliseconds. */
export function latency(slices: readonly Slice[], share: number, whose: 'admittedMs' | 'refusedMs' = 'admittedMs') {
  return quantile(
    slices.flatMap((slice) => slice[whose]),
    share,
  );
}

/** Groups consecutive slices into groups of about `ofMs` milliseconds. */
export function groups(slices: readonly Slice[], ofMs: number): Slice[][] {
  const all: Slice[][] = [];
  let ms = 0;
  for (const slice of slices) {
    const index = Math.floor(ms / ofMs);
    all[index] = [...(all[index] ?? []), slice];
    ms += slice.tookMs;
  }
  return all.filter((group) => group !== undefined);
}
