import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from '../project.ts';
import type { Deployable } from './deployables.ts';

/** Longest wait for a process to say that it is ready. */
const READY_LIMIT_MS = 60_000;
const POLL_MS = 100;

/** A deployable that runs as a child of this process, its output a line each behind its name. */
export class RunningProcess {
  readonly deployable: Deployable;
  #child: ChildProcess;
  #stopping = false;
  /** What is being done to it; one thing waits for the other. */
  #last: Promise<void> = Promise.resolve();
  #ended = false;
  /** Called when it ends without having been told to. */
  onUnexpectedExit: (how: string) => void = () => {};

  constructor(deployable: Deployable) {
    this.deployable = deployable;
    this.#child = this.#spawn();
  }

  /** Resolves once it answers that it is ready; rejects when the process ends before, or never gets there. */
  async ready(): Promise<void> {
    const { name, port, readyAt } = this.deployable;
    const until = performance.now() + READY_LIMIT_MS;
    while (performance.now() < until) {
      // Looked at anew each time: a restart may have put another one in its place.
      const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (ended && !this.#stopping) throw new Error(`${name} ended before it was ready.`);
      const answer = await fetch(`http://localhost:${port}${readyAt}`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${name} was not ready within ${READY_LIMIT_MS / 1_000} s.`);
  }

  /** Ends it for good. */
  stop(): Promise<void> {
    this.#ended = true;
    return this.#next(() => this.#end());
  }

  restart(): Promise<void> {
    return this.#next(async () => {
      await this.#end();
      if (!this.#ended) this.#child = this.#spawn();
    });
  }

  #next(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(step);
    return this.#last;
  }

  async #end(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }

  #spawn(): ChildProcess {
    const { name, script, parameters, environment } = this.deployable;
    const child = spawn(process.execPath, [script, ...parameters], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#stopping = false;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => process.stderr.write(`${name.padEnd(13)}| ${line}\n`));
    }
    child.once('exit', (code, signal) => {
      if (!this.#stopping) this.onUnexpectedExit(signal ?? `exit code ${code}`);
    });
    return child;
  }
}
