import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './machine.ts';

/** A child process pinned to one core. */
export interface Pinned {
  readonly pid: number;
  stop(): Promise<void>;
}

/** A pinned child process with a message channel. */
export interface Talking extends Pinned {
  send(message: object): void;
  /** Adds a listener for the messages of the child. */
  onMessage(listen: (message: unknown) => void): void;
}

const MAX_COMPLAINT = 4_000;
export const MICROSECONDS_A_TICK = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Runs a Node script of the repository on one core. If it exits before it is stopped, the benchmark exits with code 1. */
export function run(core: number, script: string, environment: Readonly<Record<string, string>>): Pinned {
  const { pid, child } = start(core, [script], environment, 'ignore');
  return { pid, stop: () => stop(child) };
}

/** Like `run`, with a message channel (`process.send` in the script). `nodeArguments` are passed to Node before the script. */
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
    // The output is read, like a log collector would do.
    stdio: ['ignore', 'pipe', 'pipe', channel],
  });
  if (child.pid === undefined) throw new Error('taskset could not be started. Install util-linux.');
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
 * User and system CPU time of all threads of a process, in microseconds. Reads /proc/PID/task/TID/schedstat (sched-stats), which has
 * nanosecond resolution, whereas stat counts ticks of 10 ms. Node's threads live as long as the process, so none is missed.
 */
export function cpuMicrosOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, tid) => {
    const [nanoseconds = ''] = readFileSync(`${tasks}/${tid}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanoseconds) / 1_000;
  }, 0);
}

/** Resident memory in bytes: the peak (VmHWM) or the current value (VmRSS), see proc_pid_status(5). */
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

// Below Linux's default range of ephemeral ports.
const FIRST = 23_001;
const LAST = 32_000;
const ATTEMPTS = 100;

/** Finds a free port. Throws if there is none. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found from ${FIRST} to ${LAST}.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

const PAUSE_MS = 2;

/** Retries until the attempt succeeds. Throws the last error after `limitMs`. */
export async function until<Result>(attempt: () => Promise<Result>, limitMs: number): Promise<Result> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await delay(PAUSE_MS);
  }
}
