/**
 * Makes a new client's backend: npm run new:bff -- tv [--port 4004] [--identity X-User-Id] [--yes]. What the flags do not say is asked
 * for at a terminal, and taken by default elsewhere. Where anything is wrong nothing is written; exit code 1.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allClients } from './clients.ts';
import { registrations } from './new-bff/register.ts';
import { filesOf } from './new-bff/template.ts';
import { type Answers, checkedWish, FLAGS, suggestedPort } from './new-bff/wish.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

try {
  const { values, positionals } = parseArgs({ options: FLAGS, allowPositionals: true });
  const taken = await allClients();
  const given = { client: positionals[0], port: values.port, identity: values.identity };
  const isAsking = process.stdin.isTTY && !values.yes;
  const answers = await (isAsking ? asked(given, suggestedPort(taken)) : withDefaults(given, suggestedPort(taken)));
  const wish = checkedWish(answers, taken, positionals.slice(1));
  make(wish);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function make(wish: ReturnType<typeof checkedWish>): void {
  const own = filesOf(wish);
  const [taken] = own.filter(({ path }) => existsSync(ROOT + path));
  if (taken) throw new Error(`${taken.path} is there already.`);
  const files = [...own, ...registrations(ROOT, wish)];
  for (const { path, content } of files) {
    mkdirSync(dirname(ROOT + path), { recursive: true });
    writeFileSync(ROOT + path, content);
  }
  execFileSync(process.execPath, ['tools/generate.ts'], { cwd: ROOT, stdio: 'ignore' });
  const { client, port } = wish;
  process.stdout.write(`${files.map(({ path }) => `  ${path}`).join('\n')}

${client} is there. Next:
  npm start                                          with the others, on port ${port}
  npm run jest -- bffs/${client}                       its tests
  npm run check                                      what its screen costs
  schemas/${client}.graphql, bffs/${client}/resolvers.ts   are yours to change
`);
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
