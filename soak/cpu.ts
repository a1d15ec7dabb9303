import { readFileSync } from 'node:fs';
import { cpuMicrosOf, MICROSECONDS_A_TICK } from '../bench/harness/process.ts';

/** The processes of a soak. */
export interface Pids {
  readonly server: number;
  readonly services: number;
  readonly load: number;
}

/** Who used how much meanwhile, as shares of one core. `others` is what none of ours used of the server's core. */
export type CpuShares = Readonly<Record<keyof Pids | 'others', number>>;

/** Starts to watch; what it answers is the shares since then. */
export function watchCpu(pids: Pids, serverCore: number): () => CpuShares {
  const startedAt = performance.now();
  const before = readAll(pids, serverCore);
  return () => {
    const after = readAll(pids, serverCore);
    const tookMicros = (performance.now() - startedAt) * 1_000;
    const share = (name: keyof typeof before) => (after[name] - before[name]) / tookMicros;
    const server = share('server');
    return {
      server,
      services: share('services'),
      load: share('load'),
      others: Math.max(0, share('core') - server),
    };
  };
}

function readAll({ server, services, load }: Pids, core: number) {
  return {
    server: cpuMicrosOf(server),
    services: cpuMicrosOf(services),
    load: cpuMicrosOf(load),
    core: busyMicrosOf(core),
  };
}

/** How long a core was not idle so far, in microseconds (proc_stat(5)). */
function busyMicrosOf(core: number): number {
  const [, line = ''] = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  // After idle and iowait come irq, softirq and steal; guests are in user already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * MICROSECONDS_A_TICK;
}
