/** `facet start` and `facet dev`: run the services, the BFFs and the frontends until Ctrl-C. */

import { spawnSync } from 'node:child_process';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { describeEnvironment, readEnvironment } from '@facet/server/internal/command/environment.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { z } from 'zod';
import { allClients } from './clients.ts';
import type { ProjectConfig } from './config.ts';
import { ROOT, readConfig } from './project.ts';
import { type Deployable, deployables, withoutUnbuilt, withTakenPorts } from './start/deployables.ts';
import { overview } from './start/overview.ts';
import { RunningProcess, restartOnChange } from './start/process.ts';

const shape = z.object({
  PORT_OFFSET: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .describe('Added to every port, so that a second system can run beside the first.'),
});

const OPTIONS = {
  watch: { description: 'Restarts each process when its sources change, like npm run dev.' },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm start',
  purpose:
    'Starts the whole system: services, BFFs and frontends. Waits until all are ready, and prints their addresses. Ctrl-C stops all ' +
    'processes.',
  options: OPTIONS,
  settings: () => describeEnvironment(shape),
  examples: [
    ['', 'starts everything'],
    ['--watch', 'the same as npm run dev'],
  ],
};

let bffs: readonly Bff[] = [];
let config: ProjectConfig = {};
let system: readonly Deployable[] = [];
let running: RunningProcess[] = [];
let watching = false;
let stopping = false;

await runCommand(COMMAND, async ({ values }) => {
  const { PORT_OFFSET: offset } = readEnvironment(shape, process.env);
  watching = values.watch;
  bffs = await allClients();
  config = await readConfig();
  const { built, problems } = withoutUnbuilt(deployables(bffs, config, { offset, watching }), ROOT);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  system = built;
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));
  await start().catch((error: Error) => stop(1, error.message));
});

async function start(): Promise<void> {
  const taken = await withTakenPorts(system);
  if (taken.length > 0) {
    const list = taken.map(({ name, port }) => `${port} (${name})`).join(', ');
    throw new InputError(
      `Ports already in use: ${list}. Stop the processes that listen there, or use other ports: PORT_OFFSET=10000 npm start`,
    );
  }
  if (config.prepare !== undefined) {
    const prepared = spawnSync(process.execPath, [config.prepare], { cwd: ROOT, stdio: 'inherit' });
    if (prepared.status !== 0) throw new InputError(`${config.prepare} (prepare in facet.config.ts) failed.`);
  }

  running = system.map((deployable) => new RunningProcess(deployable));
  await Promise.all(running.map((process) => process.ready()));
  for (const child of running) child.onUnexpectedExit = (how) => unexpectedExit(child, how);
  if (watching) restartOnChange(running);
  process.stdout.write(`\n${overview(system, bffs, config.examples)}`);
}

/** Keeps the other processes running, so that the behaviour of screens without a service can be seen. */
function unexpectedExit({ deployable: { name } }: RunningProcess, how: string): void {
  const next = watching ? 'It restarts after the next change.' : 'The other processes keep running.';
  process.stderr.write(`${name} ended: ${how}. ${next}\n`);
}

async function stop(exitCode: number, message?: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (message !== undefined) process.stderr.write(`${message}\n`);
  await Promise.all(running.map((process) => process.stop()));
  process.exit(exitCode);
}
