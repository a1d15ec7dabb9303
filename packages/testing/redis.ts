import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { howToGet, needs } from './debian-packages.ts';
import { freePort } from './free-port.ts';

const PROGRAM = needs('redis-server');

/** What to do where there is no Redis to test with. */
export const NO_REDIS = howToGet('redis-server');

/** Whether there is one; in CI there has to be. */
export const hasRedis = (): boolean => PROGRAM !== undefined;

export interface RunningRedis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Stops it in the middle of whatever it does: it is connected to, and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Kills it; all that it had is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/** A Redis of its own on a free port of this machine, which keeps nothing on disk. `settings` are further ones of its. */
export async function startRedis(...settings: readonly string[]): Promise<RunningRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'facet-redis-'));
  const parameters = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings];
  let running: ChildProcess | undefined;
  // Whoever started it may end without having ended it.
  const onExit = () => running?.kill('SIGKILL');
  process.once('exit', onExit);
  const redis: RunningRedis = {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => running?.kill('SIGSTOP'),
    thaw: () => running?.kill('SIGCONT'),
    async kill() {
      if (!running) return;
      const ended = once(running, 'close');
      running.kill('SIGKILL');
      running = undefined;
      await ended;
    },
    async start() {
      running = await startedWith(parameters);
    },
    async [Symbol.asyncDispose]() {
      await redis.kill();
      process.off('exit', onExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

async function startedWith(parameters: readonly string[]): Promise<ChildProcess> {
  if (PROGRAM === undefined) throw new Error(NO_REDIS);
  const child = spawn(PROGRAM, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      said.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`${PROGRAM} ended before it was ready:\n${said.join('\n')}`)));
  });
  return child;
}
