import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { dirname, extname } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../project.ts';
import type { Deployable } from './deployables.ts';

/** How long a process may take to become ready. */
const READY_LIMIT_MS = 60_000;
const POLL_MS = 100;

/** A deployable that runs as a child process. Each line of its output is prefixed with its name. */
export class RunningProcess {
  readonly deployable: Deployable;
  #child: ChildProcess;
  #stopping = false;
  /** The last restart or stop. They run one after the other. */
  #last: Promise<void> = Promise.resolve();
  #ended = false;
  /** Called when the process exits without stop() or restart(). */
  onUnexpectedExit: (how: string) => void = () => {};

  constructor(deployable: Deployable) {
    this.deployable = deployable;
    this.#child = this.#spawn();
  }

  /** Resolves when the process is ready. Rejects if it exits before, or is not ready within 60 seconds. */
  async ready(): Promise<void> {
    const { name, port, readyAt } = this.deployable;
    const until = performance.now() + READY_LIMIT_MS;
    while (performance.now() < until) {
      // Read in each iteration, because a restart replaces the child.
      const ended = this.#child.exitCode !== null || this.#child.signalCode !== null;
      if (ended && !this.#stopping) throw new Error(`${name} exited before it was ready.`);
      const answer = await fetch(`http://localhost:${port}${readyAt}`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${name} was not ready within ${READY_LIMIT_MS / 1_000} s.`);
  }

  /** Stops the process permanently. */
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

/** Changes within this time are one change: editors save several files at once. */
const SETTLE_MS = 150;

/** Restarts the processes that a changed source or schema file belongs to. */
export function restartOnChange(processes: readonly RunningProcess[]): void {
  const changed = new Set<RunningProcess>();
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    for (const process of changed) void restartOne(process);
    changed.clear();
  };
  const paths = processes.flatMap(({ deployable }) => deployable.watches);
  // Editors replace files when saving, so a watched file is watched through its directory.
  const folders = new Set(paths.map((path) => (extname(path) === '' ? path : dirname(path))));
  for (const folder of [...folders].filter((each) => existsSync(ROOT + each))) {
    watch(`${ROOT}${folder}`, { recursive: true }, (_event, file) => {
      if (!file || !/\.(ts|graphql)$/.test(file) || file.endsWith('.test.ts')) return;
      const path = `${folder}/${file}`;
      for (const process of processes) {
        if (process.deployable.watches.some((watched) => path.startsWith(watched))) changed.add(process);
      }
      clearTimeout(timer);
      timer = setTimeout(restart, SETTLE_MS);
    });
  }
}

async function restartOne(process: RunningProcess): Promise<void> {
  const { name } = process.deployable;
  await process.restart();
  await process.ready().then(
    () => note(`${name} restarted`),
    (error: Error) => note(`${error.message} It restarts after the next change.`),
  );
}

const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
