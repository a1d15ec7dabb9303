/** `facet new CLIENT`: creates the BFF of a new client. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { allClients } from './clients.ts';
import { COMMAND, checkedClient, type Input, type NewClient, suggestedPort } from './new-bff/options.ts';
import { filesOf, withResolverTypes } from './new-bff/template.ts';
import { ROOT, readServices } from './project.ts';

// A separate process, because generated modules that this process has loaded must be loaded again.
const GENERATE = fileURLToPath(import.meta.url).replace(/new-bff(?=\.[jt]s$)/, 'generate');

await runCommand(COMMAND, async ({ values, words: [client] }) => {
  const taken = await allClients();
  const given = { client, port: values.port, identity: values.identity };
  const isInteractive = process.stdin.isTTY && !values.yes;
  const port = suggestedPort(taken);
  const input = await (isInteractive ? prompted(given, port) : withDefaults(given, port));
  create(checkedClient(input, taken, await readServices()));
});

function create(newClient: NewClient): void {
  const own = filesOf(newClient);
  const [existing] = own.filter(({ path }) => existsSync(ROOT + path));
  if (existing) throw new InputError(`${existing.path} already exists.`);
  const files = [...own, withResolverTypes(ROOT, newClient)];
  // A problem elsewhere in the project would stop the generation half-way, so check before writing anything.
  generate('--check');
  for (const { path, content } of files) {
    mkdirSync(dirname(ROOT + path), { recursive: true });
    writeFileSync(ROOT + path, content);
  }
  const paths = [...files.map(({ path }) => path), ...generate().trim().split('\n')];
  const { client, port } = newClient;
  process.stdout.write(`${paths.map((path) => `  ${path}`).join('\n')}

Created the client ${client}. Next:
  npm start                  starts all clients; ${client} listens on port ${port}
  npm run check              prints the cost of its screen
  npm run jest -- bffs/${client}
Then change schemas/${client}.graphql and bffs/${client}/resolvers.ts.
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

function withDefaults({ client = '', port, identity = 'X-User-Id' }: Given, suggested: number): Input {
  return { client, port: port ?? String(suggested), identity };
}

async function prompted(given: Given, suggested: number): Promise<Input> {
  const { client, port, identity } = withDefaults(given, suggested);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ask = async (question: string, fallback: string) => (await terminal.question(question)).trim() || fallback;
  try {
    return {
      client: given.client ?? (await ask('Client name, for example tv: ', client)),
      port: given.port ?? (await ask(`Port (${port}): `, port)),
      identity: given.identity ?? (await ask(`Identity header, X-User-Id or X-Partner-Id (${identity}): `, identity)),
    };
  } finally {
    terminal.close();
  }
}
