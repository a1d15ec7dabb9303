/** npm run new:bff: makes a new client's BFF. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { allClients } from './clients.ts';
import { type Answers, COMMAND, checkedClient, type NewClient, suggestedPort } from './new-bff/options.ts';
import { withResolverTypes } from './new-bff/register.ts';
import { filesOf } from './new-bff/template.ts';
import { ROOT, readServices } from './project.ts';

await runCommand(COMMAND, async ({ values, words: [client] }) => {
  const taken = await allClients();
  const given = { client, port: values.port, identity: values.identity };
  const isAsking = process.stdin.isTTY && !values.yes;
  const answers = await (isAsking ? asked(given, suggestedPort(taken)) : withDefaults(given, suggestedPort(taken)));
  make(checkedClient(answers, taken, await readServices()));
});

function make(made: NewClient): void {
  const own = filesOf(made);
  const [taken] = own.filter(({ path }) => existsSync(ROOT + path));
  if (taken) throw new InputError(`${taken.path} is there already.`);
  const files = [...own, withResolverTypes(ROOT, made)];
  // What is wrong with the project stops the generation half way, so it is looked for before anything is written.
  generate('--check');
  for (const { path, content } of files) {
    mkdirSync(dirname(ROOT + path), { recursive: true });
    writeFileSync(ROOT + path, content);
  }
  const paths = [...files.map(({ path }) => path), ...generate().trim().split('\n')];
  const { client, port } = made;
  process.stdout.write(`${paths.map((path) => `  ${path}`).join('\n')}

${client} is there. Next:
  npm start                                          with the others, on port ${port}
  npm run jest -- bffs/${client}                       its tests
  npm run check                                      what its screen costs
  schemas/${client}.graphql, bffs/${client}/resolvers.ts   are yours to change
`);
}

/** Runs `npm run generate`, and returns what it prints. Throws an InputError with its problems. */
function generate(...flags: readonly string[]): string {
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['packages/cli/generate.ts', ...flags], options);
  if (status === 0) return stdout;
  const outcome = flags.includes('--check') ? '\nNothing was made. Correct this first.' : '';
  throw new InputError(stderr.trim() + outcome);
}

type Given = Readonly<Record<keyof Answers, string | undefined>>;

function withDefaults({ client = '', port, identity = 'X-User-Id' }: Given, suggested: number): Answers {
  return { client, port: port ?? String(suggested), identity };
}

async function asked(given: Given, suggested: number): Promise<Answers> {
  const { client, port, identity } = withDefaults(given, suggested);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ask = async (question: string, fallback: string) => (await terminal.question(question)).trim() || fallback;
  try {
    return {
      client: given.client ?? (await ask('Name of the client, such as tv: ', client)),
      port: given.port ?? (await ask(`Port (${port}): `, port)),
      identity:
        given.identity ?? (await ask(`Header of the identity, X-User-Id or X-Partner-Id (${identity}): `, identity)),
    };
  } finally {
    terminal.close();
  }
}
