import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Two cores of this machine: one for the server under load, one for the load and the upstream. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** The first two cores that this process may run on; throws where there are no two, or this is not Linux. */
export function twoCores(): Cores {
  if (process.platform !== 'linux') throw new Error('Measuring needs Linux: it reads /proc and pins by taskset.');
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const [server, load] = list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
  if (server === undefined || load === undefined) throw new Error('Measuring needs two cores.');
  return { server, load };
}

/** Moves this process, with all its threads, to a core. */
export function pinThisProcess(core: number): void {
  execFileSync('taskset', ['-apc', String(core), String(process.pid)]);
}

export function describeMachine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown CPU'}, Node ${process.versions.node}, Linux`;
}
