import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { copyOfProject } from '../testing/project-copy.ts';
import { runsScripts } from '../testing/run.ts';
import { allClients } from './clients.ts';
import { checkedClient, suggestedPort } from './new-bff/options.ts';

const PROJECT = await allClients();

/** Named and numbered so that a project that has made clients of its own has not these. */
const MADE = [
  { client: 'new-for-users', identity: 'X-User-Id', flags: [], caller: 'u_42' },
  { client: 'new-for-partners', identity: 'X-Partner-Id', flags: ['--port', '4999'], caller: 'pa_1' },
] as const;

describe('new clients', () => {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  let copy: string;
  const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: copy, env: environment });

  beforeAll(async () => {
    copy = copyOfProject();
    for (const { client, identity, flags } of MADE) {
      const { stdout } = await node('tools/new-bff.ts', client, ...flags, '--identity', identity, '--yes');
      expect(stdout).toContain(`${client} is there`);
    }
  });

  test('pass their own tests, as made', async () => {
    const folders = MADE.map(({ client }) => `bffs/${client}/`);
    const { stderr } = await node(
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--verbose',
      ...folders,
    );
    for (const folder of folders) expect(stderr).toContain(`PASS ${folder}screens.test.ts`);
    expect(stderr).toMatch(/Tests: +4 passed, 4 total/);
  });

  test('have nothing that the project’s checks find fault with', async () => {
    await node('node_modules/typescript/bin/tsc', '-p', '.');
    const own = MADE.flatMap(({ client }) => [`bffs/${client}`, `schemas/${client}.graphql`]);
    await node('node_modules/@biomejs/biome/bin/biome', 'ci', ...own, 'package.json');
    await node('tools/generate.ts', '--check');
    const { stdout } = await node('tools/check.ts');
    for (const { client } of MADE) expect(stdout).toContain(`## ${client}`);
  });

  test.each(MADE)('have a package for their frontends: $client', async ({ client }) => {
    const imports = `import { StartDocument, idOf } from './bffs/${client}/client/screens.generated.js';`;
    const { stdout } = await node('--input-type=module', '--eval', `${imports} console.log(idOf(StartDocument))`);
    expect(readFileSync(`${copy}bffs/${client}/client/manifest.generated.json`, 'utf8')).toContain(stdout.trim());
    const { name } = JSON.parse(readFileSync(`${copy}bffs/${client}/client/package.json`, 'utf8'));
    expect(name).toBe(`@facet/${client}-client`);
  });

  const run = runsScripts();
  test.each(MADE)(
    'start by their npm script, and answer their screen: $client',
    async ({ client, identity, caller, flags }) => {
      const port = Number(flags[1] ?? suggestedPort(PROJECT));
      const { scripts } = JSON.parse(readFileSync(`${copy}package.json`, 'utf8'));
      expect(scripts[`start:${client}`]).toBe(`node bffs/${client}/main.ts`);
      const running = await run(`${copy}bffs/${client}/main.ts`, { PORT: '0' }).port;
      const answer = await fetch(`http://localhost:${running}/screens/Start`, { headers: { [identity]: caller } });
      expect(await answer.json()).toMatchObject({ data: { start: { promos: null } } });
      const { stdout } = await node(
        '-e',
        `import('./tools/clients.ts').then(async ({ allClients }) => {
      for (const { client, port } of await allClients()) console.log(client, port);
    })`,
      );
      expect(stdout).toContain(`${client} ${port}`);
    },
    30_000,
  );
});

test('what is wrong is all told, and nothing is written', () => {
  const copy = copyOfProject();
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const make = () =>
    execFileSync(process.execPath, ['tools/new-bff.ts', 'web', '--port', '4001', '--identity', 'Cookie'], {
      cwd: copy,
      env: environment,
      stdio: 'pipe',
    });
  expect(make).toThrow(
    ['There is a client "web" already.', "Port 4001 is mobile's.", '"Cookie" is none of X-User-Id, X-Partner-Id.'].join(
      '\n',
    ),
  );
  expect(existsSync(`${copy}bffs/web/screens/Start.graphql`)).toBe(false);
});

test.each([
  { client: '', problem: 'A name is needed' },
  { client: 'TV', problem: '"TV" is no name' },
  { client: '../tv', problem: 'is no name' },
  { client: 'users', problem: 'the name of something else' },
  { client: 'tv', port: '80', problem: '"80" is no port' },
  { client: 'tv', port: 'many', problem: 'is no port' },
  { client: 'tv', port: '3001', problem: "Port 3001 is users's" },
  { client: 'web', port: '4001', problem: "Port 4001 is mobile's" },
])('$client $port: $problem', ({ client, port = '5000', problem }) => {
  const taken = [
    { client: 'mobile', port: 4_001 },
    { client: 'web', port: 4_002 },
  ];
  expect(() => checkedClient({ client, port, identity: 'x-user-id' }, taken)).toThrow(problem);
  expect(suggestedPort(taken)).toBe(4_003);
});
