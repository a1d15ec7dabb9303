/** `facet new CLIENT`: creates the BFF of a new client. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { allClients } from './clients.ts';
import { hasDateTime, withResolverTypes } from './new-bff/codegen.ts';
import { costOfStart } from './new-bff/cost.ts';
import { deriveStarter } from './new-bff/derive.ts';
import {
  COMMAND,
  checkedClient,
  type Input,
  type NewClient,
  suggestedIdentity,
  suggestedPort,
} from './new-bff/options.ts';
import { readStarterServices } from './new-bff/services.ts';
import { filesOf } from './new-bff/template.ts';
import { ROOT, readServices } from './project.ts';

// A separate process, because generated modules that this process has loaded must be loaded again.
const GENERATE = fileURLToPath(import.meta.url).replace(/new-bff(?=\.[jt]s$)/, 'generate');

await runCommand(COMMAND, async ({ values, words: [client] }) => {
  const taken = await allClients();
  const services = await readServices();
  const given = { client, port: values.port, identity: values.identity, from: values.from };
  const isInteractive = process.stdin.isTTY && !values.yes;
  const defaults = {
    client: '',
    port: String(suggestedPort(taken)),
    identity: suggestedIdentity(taken),
    from: Object.keys(services).join(','),
  };
  const input = await (isInteractive ? prompted(given, defaults) : withDefaults(given, defaults));
  await create(checkedClient(input, taken, services));
});

async function create(newClient: NewClient): Promise<void> {
  const { client, port, from } = newClient;
  // A problem elsewhere in the project would stop the generation half-way, so check before writing anything.
  generate('--check');
  const starter = deriveStarter(await readStarterServices(ROOT, from), { hasDateTime: hasDateTime(ROOT) });
  const own = filesOf(newClient, starter, costOfStart(starter));
  const [existing] = own.filter(({ path }) => existsSync(ROOT + path));
  if (existing) throw new InputError(`${existing.path} already exists.`);
  const files = [...own, withResolverTypes(ROOT, client, starter)];
  for (const { path, content } of files) {
    mkdirSync(dirname(ROOT + path), { recursive: true });
    writeFileSync(ROOT + path, content);
  }
  const paths = [...files.map(({ path }) => path), ...generate().trim().split('\n')];
  const leftOut = starter.leftOut.map((line) => `  ${line}\n`).join('');
  process.stdout.write(`${paths.map((path) => `  ${path}`).join('\n')}
${leftOut === '' ? '' : `\nLeft out of the schema:\n${leftOut}`}
Created the client ${client}. Next:
  npm start                  starts all clients; ${client} listens on port ${port}
  npm run check              prints the cost of its screen
  npm run jest -- bffs/${client}
Then change schemas/${client}.graphql and bffs/${client}/resolvers.ts to what the client shows.
`);
}

/** Runs `facet generate` and returns its output. Throws an InputError with the problems that it reports. */
function generate(...flags: readonly string[]): string {
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [GENERATE, ...flags], options);
  if (status === 0) return stdout;
  const outcome = flags.includes('--check') ? '\nNo files were written. Fix the problems above first.' : '';
  throw new InputError(stderr.trim() + outcome);
}

type Given = Readonly<Record<keyof Input, string | undefined>>;

function withDefaults(given: Given, defaults: Input): Input {
  return {
    client: given.client ?? defaults.client,
    port: given.port ?? defaults.port,
    identity: given.identity ?? defaults.identity,
    from: given.from ?? defaults.from,
  };
}

async function prompted(given: Given, defaults: Input): Promise<Input> {
  const { port, identity, from } = defaults;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ask = async (question: string, fallback: string) => (await terminal.question(question)).trim() || fallback;
  try {
    return {
      client: given.client ?? (await ask('Client name, for example tv: ', '')),
      from: given.from ?? (await ask(`Services (${from}): `, from)),
      port: given.port ?? (await ask(`Port (${port}): `, port)),
      identity: given.identity ?? (await ask(`Identity header (${identity}): `, identity)),
    };
  } finally {
    terminal.close();
  }
}
