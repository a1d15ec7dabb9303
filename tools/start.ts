/**
 * Starts the whole system: the data, the three services, the BFFs, the frontends; waits until all are ready, and says where they
 * are. With --watch each of them restarts when its sources change; PORT_OFFSET is added to every port. Ctrl-C stops
 * them all.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { allClients } from './clients.ts';
import { curl, deployables, EXAMPLES } from './start/deployables.ts';
import { withTakenPorts } from './start/ports.ts';
import { RunningProcess } from './start/process.ts';
import { restartOnChange } from './start/watch.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const offset = Number(process.env['PORT_OFFSET'] ?? 0);
if (!Number.isInteger(offset) || offset < 0 || offset > 60_000) throw new Error('PORT_OFFSET must be from 0 to 60000.');
const watching = process.argv.includes('--watch');
const system = deployables(await allClients(), { offset, watching });
let running: RunningProcess[] = [];
let stopping = false;

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
await start().catch((error: Error) => stop(1, error.message));

async function start(): Promise<void> {
  const taken = await withTakenPorts(system);
  if (taken.length > 0) {
    const list = taken.map(({ name, port }) => `${port} (${name})`).join(', ');
    throw new Error(`In use already: port ${list}. End what listens there, and start again.`);
  }
  const generated = spawnSync(process.execPath, ['services/data/main.ts'], { cwd: ROOT, stdio: 'inherit' });
  if (generated.status !== 0) throw new Error('The data could not be generated.');

  running = system.map((deployable) => new RunningProcess(deployable));
  await Promise.all(running.map((process) => process.ready()));
  for (const child of running) child.onUnexpectedExit = (how) => unexpectedExit(child, how);
  if (watching) restartOnChange(running);
  process.stdout.write(overview());
}

/** The others go on: that a screen does without a service is what there is to see. */
function unexpectedExit({ deployable: { name } }: RunningProcess, how: string): void {
  const next = watching ? 'It starts again after the next change.' : 'The others go on.';
  process.stderr.write(`${name} ended: ${how}. ${next}\n`);
}

async function stop(exitCode: number, message?: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (message !== undefined) process.stderr.write(`${message}\n`);
  await Promise.all(running.map((process) => process.stop()));
  process.exit(exitCode);
}

function overview(): string {
  const rows = system.map(
    ({ name, port, shows }) => `  ${name.padEnd(14)} ${`http://localhost:${port}`.padEnd(22)} ${shows}`,
  );
  const curls = system.flatMap(({ name, port }) =>
    name in EXAMPLES ? [`# ${name}\n${curl(name as keyof typeof EXAMPLES, port)}`] : [],
  );
  return `\nFacet is ready.\n\n${rows.join('\n')}\n\n${curls.join('\n\n')}\n\nCtrl-C stops it all.\n`;
}
