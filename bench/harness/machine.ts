import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Two CPU cores: one for the server under load, and one for the load generator and the upstream services. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** The first two cores that this process may use. Throws if there are fewer, or if this is not Linux. */
export function twoCores(): Cores {
  if (process.platform !== 'linux') throw new Error('The benchmark requires Linux, because it uses /proc and taskset.');
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const [server, load] = list.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
  if (server === undefined || load === undefined) throw new Error('The benchmark requires two CPU cores.');
  return { server, load };
}

/** Pins this process with all of its threads to a core. */
export function pinThisProcess(core: number): void {
  execFileSync('taskset', ['-apc', String(core), String(process.pid)]);
}

export function describeMachine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown CPU'}, Node ${process.versions.node}, Linux`;
}

/** The root of the repository, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
