import { readFileSync } from 'node:fs';
import type { Cores } from '../harness/machine.ts';
import { cpuMicrosOf, MICROSECONDS_A_TICK } from '../harness/process.ts';

/** The process ids of a soak test. */
export interface Pids {
  readonly server: number;
  readonly services: number;
  readonly load: number;
}

/**
 * CPU time used, as shares of one core. `others` is the share of the server's core that the server did not use; `othersOfLoad` is the
 * share of the load's core that neither the load, the services nor this process used.
 */
export type CpuShares = Readonly<Record<keyof Pids | 'others' | 'othersOfLoad', number>>;

/** Length of the windows in which the CPU use of other processes is measured, in milliseconds. */
const WINDOW_MS = 5_000;

export interface WatchedCpu {
  /** Mean of the whole time. */
  readonly mean: CpuShares;
  /** Maximum use by other processes in any window. */
  readonly worst: Readonly<Record<'others' | 'othersOfLoad', number>>;
}

/** Starts measuring CPU use. The returned function stops the measurement and returns the result. */
export function watchCpu(pids: Pids, cores: Cores): () => WatchedCpu {
  const start = read(pids, cores);
  let last = start;
  let windows: CpuShares[] = [];
  const endWindow = () => {
    const now = read(pids, cores);
    windows = [...windows, sharesBetween(last, now)];
    last = now;
  };
  const timer = setInterval(endWindow, WINDOW_MS);
  return () => {
    clearInterval(timer);
    const end = read(pids, cores);
    // A shorter last window would be dominated by the resolution of the clock ticks.
    if (windows.length === 0 || end.atMs - last.atMs > WINDOW_MS / 2) endWindow();
    const most = (name: 'others' | 'othersOfLoad') => Math.max(...windows.map((window) => window[name]));
    return { mean: sharesBetween(start, end), worst: { others: most('others'), othersOfLoad: most('othersOfLoad') } };
  };
}

type Reading = ReturnType<typeof read>;

function sharesBetween(before: Reading, after: Reading): CpuShares {
  const tookMicros = (after.atMs - before.atMs) * 1_000;
  const share = (name: keyof Reading) => (after[name] - before[name]) / tookMicros;
  const [server, services, load] = [share('server'), share('services'), share('load')];
  return {
    server,
    services,
    load,
    others: Math.max(0, share('serverCore') - server),
    othersOfLoad: Math.max(0, share('loadCore') - services - load - share('driver')),
  };
}

function read({ server, services, load }: Pids, cores: Cores) {
  return {
    atMs: performance.now(),
    server: cpuMicrosOf(server),
    services: cpuMicrosOf(services),
    load: cpuMicrosOf(load),
    driver: cpuMicrosOf(process.pid),
    serverCore: busyMicrosOf(cores.server),
    loadCore: busyMicrosOf(cores.load),
  };
}

/** Total busy time of a core in microseconds (proc_stat(5)). */
function busyMicrosOf(core: number): number {
  const start = `cpu${core} `;
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  const line = lines.find((each) => each.startsWith(start))?.slice(start.length) ?? '';
  // Fields after idle and iowait: irq, softirq and steal. Guest time is included in user.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * MICROSECONDS_A_TICK;
}
