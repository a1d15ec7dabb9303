import { readFileSync } from 'node:fs';
import type { Cores } from '../bench/harness/machine.ts';
import { cpuMicrosOf, MICROSECONDS_A_TICK } from '../bench/harness/process.ts';

/** The processes of a soak. */
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

/** Starts to watch; what it answers is the shares since then. */
export function watchCpu(pids: Pids, cores: Cores): () => CpuShares {
  const startedAt = performance.now();
  const before = readAll(pids, cores);
  return () => {
    const after = readAll(pids, cores);
    const tookMicros = (performance.now() - startedAt) * 1_000;
    const share = (name: keyof typeof before) => (after[name] - before[name]) / tookMicros;
    const [server, services, load] = [share('server'), share('services'), share('load')];
    return {
      server,
      services,
      load,
      others: Math.max(0, share('serverCore') - server),
      othersOfLoad: Math.max(0, share('loadCore') - services - load - share('driver')),
    };
  };
}

function readAll({ server, services, load }: Pids, cores: Cores) {
  return {
    server: cpuMicrosOf(server),
    services: cpuMicrosOf(services),
    load: cpuMicrosOf(load),
    driver: cpuMicrosOf(process.pid),
    serverCore: busyMicrosOf(cores.server),
    loadCore: busyMicrosOf(cores.load),
  };
}

/** How long a core was not idle so far, in microseconds (proc_stat(5)). */
function busyMicrosOf(core: number): number {
  const start = `cpu${core} `;
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  const line = lines.find((each) => each.startsWith(start))?.slice(start.length) ?? '';
  // After idle and iowait come irq, softirq and steal; guests are in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * MICROSECONDS_A_TICK;
}
