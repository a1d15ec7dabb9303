import { setTimeout as delay } from 'node:timers/promises';
import { type Cores, pinThisProcess } from '../harness/machine.ts';
import { progress } from '../harness/progress.ts';
import { watchCpu } from './cpu.ts';
import { goodput, type Hold, lengthMs, perSecond, type Slice, type Stretch } from './figures.ts';
import type { Heap } from './heap-probe.ts';
import { type Server, startLoad, startServer, startServices } from './processes.ts';

/** Default REQUEST_DEADLINE_MS of a BFF. */
export const DEADLINE_MS = 3_000;

/** Offered load as a multiple of the peak: before and after the overload, and during it. */
export const CALM = 0.5;
export const OVERLOAD = 2;

const WARM_UP_PER_SECOND = 800;

/** A heap measurement, with its time since the start of the overload. */
export interface HeapPoint extends Heap {
  readonly atMs: number;
}

/** The results of a soak test. */
export interface Soaked {
  readonly peak: Peak;
  readonly calm: Stretch;
  readonly overload: Stretch;
  readonly recovery: Stretch;
  readonly heap: readonly HeapPoint[];
}

/** Runs the soak test. The server uses one core; services, load generator and this process use the other. */
export async function soak(cores: Cores, effort: Effort): Promise<Soaked> {
  pinThisProcess(cores.load);
  progress('starting');
  const services = await startServices(cores.load);
  const server = await startServer(cores.server, services.url);
  const load = startLoad(cores.load, server, DEADLINE_MS);
  await services.startFaults();
  const pids = { server: server.pid, services: services.pid, load: load.pid };
  const hold: Hold = async (perSecond, forMs) => {
    const cpu = watchCpu(pids, cores);
    const slices = await load.hold(perSecond, forMs);
    return { perSecond, slices, cpu: cpu() };
  };

  progress('warming up');
  await hold(WARM_UP_PER_SECOND, effort.warmUpMs);
  const peak = await findPeak(hold, effort, progress);
  progress('half of the peak');
  const calm = await hold(CALM * peak.goodput, effort.calmMs);
  const [overload, heap] = await Promise.all([
    hold(OVERLOAD * peak.goodput, effort.overloadMs),
    watchHeap(server, effort),
  ]);
  progress('half of the peak');
  const recovery = await hold(CALM * peak.goodput, effort.recoverMs);
  return { peak, calm, overload, recovery, heap };
}

async function watchHeap(server: Server, { overloadMs, heapEveryMs }: Effort): Promise<HeapPoint[]> {
  const startedAt = performance.now();
  const heap: HeapPoint[] = [];
  for (let atMs = heapEveryMs; atMs < overloadMs; atMs += heapEveryMs) {
    await delay(startedAt + atMs - performance.now());
    progress(`twice the peak, ${Math.round(atMs / 1_000)} of ${overloadMs / 1_000} s`);
    heap.push({ atMs, ...(await server.heap()) });
  }
  return heap;
}

/** The highest rates of good and of complete responses per second at any offered rate. */
export interface Peak {
  readonly steps: readonly Stretch[];
  readonly goodput: number;
  readonly whole: number;
}

const FIRST = 500;
const MOST_STEPS = 12;

/** Share of an offered rate that must succeed before the next higher rate is tried. */
const ANSWERED = 0.8;

/** Multiples of the first peak that are tried again. */
const AROUND = [0.9, 1, 1.1];

/** Increases the rate until the server does not keep up, then tries rates around the best one again. */
export async function findPeak(hold: Hold, { stepMs, factor }: Effort, tell: (what: string) => void): Promise<Peak> {
  const steps: Stretch[] = [];
  const tryIt = async (rate: number) => {
    tell(`finding the peak: ${Math.round(rate)} requests a second`);
    const step = await hold(rate, stepMs);
    steps.push(step);
    return goodput(settled(step));
  };
  let rate = FIRST;
  while (steps.length < MOST_STEPS && (await tryIt(rate)) >= rate * ANSWERED) rate *= factor;
  const found = best(steps, goodput);
  for (const multiple of AROUND) await tryIt(found * multiple);
  return { steps, goodput: best(steps, goodput), whole: best(steps, (slices) => perSecond(slices, 'whole')) };
}

/** The slices of a step without its first third, in which responses to the previous step still arrive. */
export function settled({ slices }: Stretch): readonly Slice[] {
  const skipMs = lengthMs(slices) / 3;
  let ms = 0;
  return slices.filter(({ tookMs }) => {
    ms += tookMs;
    return ms > skipMs;
  });
}

const best = (steps: readonly Stretch[], figure: (slices: readonly Slice[]) => number): number =>
  Math.max(...steps.map((step) => figure(settled(step))));

/** Durations of the phases in milliseconds. */
export interface Effort {
  readonly warmUpMs: number;
  /** Duration of one rate during the search for the peak, and the factor to the next rate. */
  readonly stepMs: number;
  readonly factor: number;
  /** Phases below the peak, before and after the overload. */
  readonly calmMs: number;
  readonly recoverMs: number;
  /** Phase at twice the peak. */
  readonly overloadMs: number;
  /** Interval between heap measurements. */
  readonly heapEveryMs: number;
}

/** Ten minutes. */
export const FULL: Effort = {
  warmUpMs: 30_000,
  stepMs: 8_000,
  factor: 1.3,
  calmMs: 20_000,
  recoverMs: 20_000,
  overloadMs: 390_000,
  heapEveryMs: 10_000,
};

/** One minute. */
export const QUICK: Effort = {
  warmUpMs: 6_000,
  stepMs: 2_000,
  factor: 1.5,
  calmMs: 3_000,
  recoverMs: 7_000,
  overloadMs: 21_000,
  heapEveryMs: 2_000,
};
