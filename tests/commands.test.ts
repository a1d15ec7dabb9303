import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NODE_MAJOR } from '@facet/server/internal/command/node-version.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const LIMIT_MS = 120_000;

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(`${ROOT}package.json`, 'utf8'),
);
/** The programs that npm scripts run: each command with its file and the words behind it. */
const PROGRAMS = new Map(
  Object.values(scripts)
    .flatMap((script) => script.split(' && '))
    .flatMap((command): [string, string[]][] => {
      const [, file, words = ''] = /^(?:node (\S+\.ts)|facet)((?: [a-z]+)*)/.exec(command) ?? [];
      if (file === undefined && !command.startsWith('facet ')) return [];
      return [[command, [file ?? 'packages/cli/facet.ts', ...words.split(' ').filter(Boolean)]]];
    }),
);

describe.each([...PROGRAMS])('%s', (_command, [file = '', ...words]) => {
  const run = runsScripts(ROOT);

  test(
    'prints help with --help, even with other options, and does nothing else',
    async () => {
      const { exitCode, output } = await run(file, {}, ...words, '--help', '--nope').ended;
      expect(output).toMatch(/^\S.*\.\n\nUsage: \S.*\n\nOptions:\n[\s\S]*--help[\s\S]*Examples:\n {2}\S/);
      expect(exitCode).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'refuses options and arguments that it does not take',
    async () => {
      const { exitCode, output } = await run(file, {}, ...words, '--hepl', 'one', 'two', 'three').ended;
      expect(output).toMatch(/^There is no option --hepl\. Did you mean --help\?\nUnexpected argument ".*": /);
      // A line for each problem, and no stack.
      expect(output).not.toMatch(/^ +at /m);
      expect(exitCode).toBe(2);
    },
    LIMIT_MS,
  );
});

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((path) => existsSync(ROOT + path))
  .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }));

/** What the documentation says to run: the matches of a pattern, each with the page that shows it. */
function shown(pattern: RegExp): { page: string; command: string }[] {
  return documents.flatMap(({ path, text }) =>
    Array.from(text.matchAll(pattern), ([, command = '']) => ({ page: path, command })),
  );
}

test('all npm scripts in the documentation exist', () => {
  const named = shown(/\bnpm (?:--prefix \S+ )?run (?:-s )?([a-z][\w:-]*)/g);
  expect(named.length).toBeGreaterThan(50);
  // `new:bff` adds the scripts of the client that a page makes. Guides continue on other pages.
  const made = shown(/\bnpm run (?:-s )?new:bff -- ([a-z]+)/g).map(({ command }) => `start:${command}`);
  // `mock:CLIENT` stands for the script of each client.
  const forClients = Object.keys(scripts).map((name) => name.replace(/:(mobile|web|partner)$/, ':CLIENT'));
  const existing = new Set([...Object.keys(scripts), ...made, ...forClients]);
  expect(named.filter(({ command }) => !existing.has(command))).toEqual([]);
});

test('the documentation runs only npm scripts and bundles, because older Node versions cannot run .ts files', () => {
  expect(shown(/\b(node (?!dist\/|-)\S+\.ts)/g)).toEqual([]);
});

describe('settings of commands', () => {
  const run = runsScripts(ROOT);

  test.each([
    ['packages/cli/start.ts', 'PORT_OFSET', 'PORT_OFFSET'],
    ['examples/services/users/main.ts', 'DATAFILE', 'DATA_FILE'],
    ['bffs/web/main.ts', 'REQUEST_DEADLINE', 'REQUEST_DEADLINE_MS'],
    ['packages/cli/gateway.ts', 'WEB_SERVER', 'WEB_SERVERS'],
    ['packages/cli/gateway.ts', 'GATEWAY_PORTS', 'GATEWAY_PORT'],
  ])(
    '%s refuses %s',
    async (file, name, meant) => {
      expect(await run(file, { [name]: '1' }).ended).toEqual({
        exitCode: 1,
        output: expect.stringMatching(`\n  ${name}: there is no such setting. Did you mean ${meant}\\?\n$`),
      });
    },
    LIMIT_MS,
  );

  test(
    'a port that is none is refused in one line',
    async () => {
      const { exitCode, output } = await run('examples/services/orders/main.ts', { PORT: 'many' }).ended;
      expect(output).toBe('These settings are wrong:\n  PORT: "many" is not a whole number.\n');
      expect(exitCode).toBe(1);
    },
    LIMIT_MS,
  );
});

test(
  'a command that an older Node runs says which one is needed',
  async () => {
    // The version alone is another one: a Node that is really older would not read types away.
    const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.1.0' } });";
    const args = ['--import', `data:text/javascript,${encodeURIComponent(older)}`, 'bench/scaling/run.ts'];
    const { NODE_OPTIONS: _, ...env } = process.env;
    let said = '';
    try {
      execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      said = String(Object(error).stderr);
    }
    expect(said).toBe(
      `Facet needs Node ${NODE_MAJOR} or newer, and this is Node 24.1.0. npm runs the project's own: npm run scaling\n`,
    );
  },
  LIMIT_MS,
);
