import { setTimeout as delay } from 'node:timers/promises';
import { type Cores, pinThisProcess } from '../harness/machine.ts';
import { progress } from '../harness/progress.ts';
import { watchCpu } from './cpu.ts';
import type { Effort } from './effort.ts';
import type { Heap } from './heap-probe.ts';
import { startLoad } from './load-driver.ts';
import { findPeak, type Peak } from './peak.ts';
import { type Server, startServer } from './server.ts';
import { startServices } from './services.ts';
import type { Hold, Stretch } from './stretch.ts';

/** Longest time for a whole request, as the BFF has it by default (REQUEST_DEADLINE_MS). */
export const DEADLINE_MS = 3_000;

/** Of the peak: what is offered before and after the overload, and in it. */
export const CALM = 0.5;
export const OVERLOAD = 2;

const WARM_UP_PER_SECOND = 800;

/** The heap a while into the overload. */
export interface HeapPoint extends Heap {
  readonly atMs: number;
}

/** Everything that was seen. */
export interface Soaked {
  readonly peak: Peak;
  readonly calm: Stretch;
  readonly overload: Stretch;
  readonly recovery: Stretch;
  readonly heap: readonly HeapPoint[];
}

/**
 * Starts services, server and load, and takes the server through the whole of it. The server has one core, all else the
 * other.
 */
export async function soak(cores: Cores, effort: Effort): Promise<Soaked> {
  pinThisProcess(cores.load);
  progress('starting');
  const services = await startServices(cores.load);
  const server = await startServer(cores.server, services.url);
  const load = startLoad(cores.load, server, DEADLINE_MS);
  await services.fallIll();
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
