import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { ROOT } from './root.ts';

/** A process of the benchmark's own, bound to one core. */
export interface Pinned {
  readonly pid: number;
  stop(): Promise<void>;
}

/** One that exchanges messages with this process, too. */
export interface Talking extends Pinned {
  send(message: object): void;
  /** Called with every message from now on. */
  onMessage(listen: (message: unknown) => void): void;
}

const MAX_COMPLAINT = 4_000;
export const MICROSECONDS_A_TICK = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Runs a script of the repository by Node, on one core. If it ends before it is stopped, the benchmark ends too. */
export function run(core: number, script: string, environment: Readonly<Record<string, string>>): Pinned {
  const { pid, child } = start(core, [script], environment, 'ignore');
  return { pid, stop: () => stop(child) };
}

/** The same, with a channel for messages (`process.send` in the script). `nodeArguments` come before the script. */
export function runTalking(
  core: number,
  script: string,
  environment: Readonly<Record<string, string>>,
  nodeArguments: readonly string[] = [],
): Talking {
  const { pid, child } = start(core, [...nodeArguments, script], environment, 'ipc');
  return {
    pid,
    stop: () => stop(child),
    send: (message) => void child.send(message),
    onMessage: (listen) => void child.on('message', listen),
  };
}

function start(
  core: number,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  channel: 'ignore' | 'ipc',
): { readonly pid: number; readonly child: ChildProcess } {
  const child = spawn('taskset', ['-c', String(core), process.execPath, ...command], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', TRUSTED_PROXIES: '127.0.0.1', ...environment },
    // What a server writes is read, as whoever collects logs does.
    stdio: ['ignore', 'pipe', 'pipe', channel],
  });
  if (child.pid === undefined) throw new Error('taskset cannot be run.');
  children.add(child);
  child.stdout?.resume();
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-MAX_COMPLAINT);
  });
  child.once('exit', (code, signal) => {
    if (!children.delete(child)) return;
    process.stderr.write(`\n${command.at(-1)} ended (${code ?? signal}).\n${complaint}\n`);
    process.exit(1);
  });
  return { pid: child.pid, child };
}

/**
 * CPU time of all threads of a process so far, user and system, in microseconds: to the nanosecond, as the scheduler counts
 * it (sched-stats, /proc/PID/task/TID/schedstat), where stat has ticks of 10 ms. No thread of Node's ends before it does.
 */
export function cpuMicrosOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, tid) => {
    const [nanoseconds = ''] = readFileSync(`${tasks}/${tid}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanoseconds) / 1_000;
  }, 0);
}

/** Resident memory in bytes: the most there ever was, or what there is now (proc_pid_status(5)). */
export function memoryOf(pid: number, which: 'VmHWM' | 'VmRSS'): number {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return Number.parseInt(lines.find((line) => line.startsWith(which))?.split(':')[1] ?? '', 10) * 1024;
}

const children = new Set<ChildProcess>();

async function stop(child: ChildProcess): Promise<void> {
  if (!children.delete(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
