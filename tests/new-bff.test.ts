import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { allClients } from '@facet/cli/internal/clients.ts';
import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { checkedClient, suggestedIdentity, suggestedPort } from '@facet/cli/internal/new-bff/options.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { copyOfFixture, copyOfProject } from '@facet/testing/internal/project-copy.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { testedHaproxy } from '../deploy/gateway/testing/gateway.ts';
import { startReferenceServices } from '../examples/testing/reference-services.ts';
import { services } from '../shared/services.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const PROJECT = await allClients();
const haproxy = testedHaproxy();

/** Named and numbered so that a project that has made clients of its own has not these. */
const MADE = [
  { client: 'new-for-users', identity: 'X-User-Id', flags: [], caller: 'u_42', cost: '3 calls in 1 wave' },
  {
    client: 'new-for-partners',
    identity: 'X-Partner-Id',
    flags: ['--port', '4999', '--from', 'catalog,orders'],
    caller: 'pa_1',
    cost: '3 calls in 1 wave',
  },
  // The users service has no list, and the header is new to the project.
  {
    client: 'new-for-stores',
    identity: 'X-Store-Id',
    flags: ['--port', '4998', '--from', 'users'],
    caller: '1',
    cost: '0 calls in 0 waves',
  },
] as const;

describe('new clients', () => {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  let copy: string;
  const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: copy, env: environment });

  beforeAll(async () => {
    copy = copyOfProject();
    for (const { client, identity, flags } of MADE) {
      const { stdout } = await node('packages/cli/new-bff.ts', client, ...flags, '--identity', identity, '--yes');
      expect(stdout).toContain(`Created the client ${client}`);
    }
  });

  test('pass their own tests unchanged', async () => {
    const folders = MADE.map(({ client }) => `bffs/${client}/`);
    const { stderr } = await node(
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--verbose',
      ...folders,
    );
    for (const folder of folders) expect(stderr).toContain(`PASS ${folder}screens.test.ts`);
    expect(stderr).toMatch(/Tests: +5 passed, 5 total/);
  });

  test('pass the project’s checks', async () => {
    await node('node_modules/typescript/bin/tsc', '-p', '.');
    const own = MADE.flatMap(({ client }) => [`bffs/${client}`, `schemas/${client}.graphql`]);
    await node('node_modules/@biomejs/biome/bin/biome', 'ci', ...own, 'package.json');
    await node('packages/cli/generate.ts', '--check');
    const { stdout } = await node('packages/cli/check.ts');
    for (const { client } of MADE) expect(stdout).toContain(`## ${client}`);
  });

  test.each(MADE)('have a client package: $client', async ({ client }) => {
    const imports = `import { StartDocument, idOf } from './bffs/${client}/client/screens.generated.js';`;
    const { stdout } = await node('--input-type=module', '--eval', `${imports} console.log(idOf(StartDocument))`);
    expect(readFileSync(`${copy}bffs/${client}/client/manifest.generated.json`, 'utf8')).toContain(stdout.trim());
    const { name } = JSON.parse(readFileSync(`${copy}bffs/${client}/client/package.json`, 'utf8'));
    expect(name).toBe(`@facet/${client}-client`);
  });

  test.each(MADE)('are in all files that list clients: $client', ({ client, identity, flags, caller, cost }) => {
    const port = Number(flags[1] ?? suggestedPort(PROJECT));
    const named: Readonly<Record<string, RegExp | string>> = {
      CODEOWNERS: new RegExp(
        `^/bffs/${client}/ +@facet/${client}\n/schemas/${client}\\.graphql +@facet/${client}$`,
        'm',
      ),
      'deploy/gateway/haproxy.cfg': new RegExp(`path_names_client .* ${client}\\b`),
      'deploy/prometheus/prometheus.yml': `- job_name: facet-${client}\n    static_configs:\n      - targets: ['localhost:${port + 5_400}']`,
      'README.md': new RegExp(`\\| ${client} +\\| +${port} \\| ${identity} .*Start: ${cost}`),
      'docs/how-to/run-behind-the-gateway.md': `backend ${client} from bff`,
    };
    for (const [path, text] of Object.entries(named)) {
      expect({ path, content: readFileSync(copy + path, 'utf8') }).toEqual({
        path,
        content: text instanceof RegExp ? expect.stringMatching(text) : expect.stringContaining(text),
      });
    }
    const first = cost.startsWith('0') ? '' : '?first=5';
    expect(readFileSync(`${copy}README.md`, 'utf8')).toContain(
      `curl -s 'localhost:${port}/screens/Start${first}' -H '${identity}: ${caller}'`,
    );
    const gateway = readFileSync(`${copy}deploy/gateway/haproxy.cfg`, 'utf8');
    expect(gateway).toMatch(/ is_partners .* new-for-partners\b/);
    expect(gateway).toMatch(/ is_stores .* new-for-stores\b/);
    expect(gateway).toContain(`http-request del-header ${identity}\n`);
    expect(gateway).toMatch(
      new RegExp(`http-request set-header ${identity} %\\[var\\(txn\\.sub\\)\\] if !is_preflight \\{ .* ${client}\\b`),
    );
    for (const environment of ['staging', 'production']) {
      expect(existsSync(`${copy}deploy/kubernetes/${environment}/${client}.generated.yaml`)).toBe(true);
    }
    const { scripts } = JSON.parse(readFileSync(`${copy}package.json`, 'utf8'));
    expect(scripts[`mock:${client}`]).toBe(`facet mock ${client}`);
  });

  const run = runsScripts(ROOT);
  test.each(MADE)(
    'start by their npm script, and answer their screen with the services’ rows: $client',
    async ({ client, identity, caller, flags, cost }) => {
      const port = Number(flags[1] ?? suggestedPort(PROJECT));
      const { scripts } = JSON.parse(readFileSync(`${copy}package.json`, 'utf8'));
      expect(scripts[`start:${client}`]).toBe(`node bffs/${client}/main.ts`);
      await using reference = await startReferenceServices();
      const urls = Object.entries(reference.urls).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]);
      const { port: started } = run(`${copy}bffs/${client}/main.ts`, { PORT: '0', ...Object.fromEntries(urls) });
      const answer = await fetch(`http://localhost:${await started}/screens/Start`, {
        headers: { [identity]: caller },
      });
      const row = { id: expect.any(String) };
      const rows = expect.arrayContaining([expect.objectContaining(row)]);
      const start = cost.startsWith('0')
        ? { hello: 'Hello' }
        : { products: rows, promos: rows, orders: expect.any(Array) };
      expect(await answer.json()).toEqual({ data: { start } });
      const { stdout } = await node(
        '-e',
        `import('./packages/cli/clients.ts').then(async ({ allClients }) => {
      for (const { client, port } of await allClients()) console.log(client, port);
    })`,
      );
      expect(stdout).toContain(`${client} ${port}`);
    },
  );
});

describe('a new client in another project', () => {
  test('is made from its own services, and passes its tests and checks', async () => {
    const copy = copyOfFixture();
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: copy, env: environment });
    const { stdout } = await node('packages/cli/new-bff.ts', 'tv', '--identity', 'X-Store-Id', '--yes');
    expect(stdout).toContain('Created the client tv');
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'bffs/tv/'];
    expect((await node(...jest)).stderr).toMatch(/Tests: +2 passed, 2 total/);
    await node('packages/cli/generate.ts', '--check');
    expect((await node('packages/cli/check.ts')).stdout).toContain('## tv');
    expect(readFileSync(`${copy}bffs/tv/bff.ts`, 'utf8')).toContain("{ header: 'X-Store-Id', exampleId: '1' }");
  });
});

describe('a new client in mock mode', () => {
  const run = runsScripts(ROOT);

  test('answers its screen without services', async () => {
    const copy = copyOfProject();
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const options = { cwd: copy, env: environment, stdio: 'pipe' } as const;
    execFileSync(process.execPath, ['packages/cli/new-bff.ts', 'tv', '--yes'], options);
    const port = await run(`${copy}packages/cli/mock.ts`, { PORT: '0' }, 'tv').port;
    const answer = await fetch(`http://localhost:${port}/screens/Start`, { headers: { 'X-User-Id': 'u_42' } });
    const { data, errors } = Object(await answer.json());
    expect(errors).toBeUndefined();
    expect(Object.keys(data.start)).toEqual(['orders', 'products', 'promos']);
  });
});

if (haproxy === undefined) test.todo(NO_HAPROXY);
else {
  describe('a new client behind the gateway', () => {
    const run = runsScripts(ROOT);

    test('is reachable', async () => {
      const copy = copyOfProject();
      const { NODE_OPTIONS: _, ...environment } = process.env;
      execFileSync(process.execPath, ['packages/cli/new-bff.ts', 'tv', '--identity', 'X-Store-Id', '--yes'], {
        cwd: copy,
        env: environment,
        stdio: 'pipe',
      });
      const bff = await run(`${copy}bffs/tv/main.ts`, { PORT: '0' }).port;
      const port = await freePort();
      const { child } = run(`${copy}packages/cli/gateway.ts`, {
        GATEWAY_PORT: String(port),
        TV_SERVERS: `127.0.0.1:${bff}`,
      });
      let printed = '';
      await new Promise<void>((resolve, reject) => {
        child.once('close', () => reject(new Error(printed)));
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk) => {
            printed += chunk;
            if (printed.includes('Ctrl-C stops it.')) resolve();
          });
        }
      });
      expect(printed).toContain(`http://localhost:${port}/tv/graphql`);
      const [, address = '', authorization = ''] =
        /^# tv\ncurl -s '(.*)' -H 'Authorization: (.*)'$/m.exec(printed) ?? [];
      const answer = await fetch(`http://${address}`, { headers: { authorization } });
      expect({ status: answer.status, body: await answer.json() }).toMatchObject({
        status: 200,
        body: { data: { start: { promos: null } } },
      });
      child.kill('SIGTERM');
    });
  });
}

describe('a removed client', () => {
  test('is reported until its files are deleted, and removed from generated files', () => {
    const copy = copyOfProject();
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const node = (...args: string[]) => {
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: copy, env: environment, encoding: 'utf8' });
      return { status, problems: stderr.trimEnd().split('\n').filter(Boolean) };
    };
    expect(node('packages/cli/new-bff.ts', 'tv', '--yes').status).toBe(0);
    renameSync(`${copy}bffs/tv`, `${copy}bffs/telly`);
    expect(node('packages/cli/generate.ts', '--check')).toEqual({
      status: 1,
      problems: [
        'schemas/telly.graphql is missing: it is the schema of bffs/telly.',
        'codegen.yml has no entry bffs/telly/schema.generated.ts: copy that of another client.',
        'schemas/tv.graphql: there is no client bffs/tv. Delete it.',
        'codegen.yml: there is no client bffs/tv. Delete its entry.',
      ],
    });
    renameSync(`${copy}schemas/tv.graphql`, `${copy}schemas/telly.graphql`);
    const renamed = readFileSync(`${copy}codegen.yml`, 'utf8').replaceAll(/\btv\b/g, 'telly');
    writeFileSync(`${copy}codegen.yml`, renamed);
    expect(node('packages/cli/generate.ts').problems).toEqual([
      "bffs/telly/bff.ts: client is 'tv' but must be the directory's name, 'telly'.",
    ]);
    const bff = readFileSync(`${copy}bffs/telly/bff.ts`, 'utf8').replace("client: 'tv'", "client: 'telly'");
    writeFileSync(`${copy}bffs/telly/bff.ts`, bff);
    expect(node('packages/cli/generate.ts', '--check').problems).toEqual(
      expect.arrayContaining([
        'package.json is out of date. Run npm run generate.',
        'CODEOWNERS is out of date. Run npm run generate.',
        'deploy/gateway/haproxy.cfg is out of date. Run npm run generate.',
        'deploy/kubernetes/production/tv.generated.yaml belongs to a client that no longer exists. Run npm run generate.',
      ]),
    );
    expect(node('packages/cli/generate.ts')).toEqual({ status: 0, problems: [] });
    const left = [
      'package.json',
      'CODEOWNERS',
      'README.md',
      'docs/how-to/run-behind-the-gateway.md',
      'deploy/gateway/haproxy.cfg',
      'codegen.yml',
    ];
    for (const path of left)
      expect({ path, isLeft: /\btv\b/.test(withoutExamples(readFileSync(copy + path, 'utf8'))) }).toEqual({
        path,
        isLeft: false,
      });
    expect(existsSync(`${copy}deploy/kubernetes/staging/tv.generated.yaml`)).toBe(false);
    expect(existsSync(`${copy}deploy/kubernetes/staging/telly.generated.yaml`)).toBe(true);
  });
});

/** The README shows how a client called tv is made. */
const withoutExamples = (text: string): string => text.replaceAll('npm run new:bff -- tv', '');

test('reports all problems and writes nothing', () => {
  const copy = copyOfProject();
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const make = () =>
    execFileSync(
      process.execPath,
      ['packages/cli/new-bff.ts', 'web', '--port', '4001', '--identity', 'Cookie', '--from', 'catalog,ordres'],
      { cwd: copy, env: environment, stdio: 'pipe' },
    );
  expect(make).toThrow(
    [
      'The client "web" already exists.',
      'Port 4001 is used by mobile.',
      'The identity header is "Cookie", which has another meaning. Choose a header of your own.',
      'Unknown service "ordres". Known: users, orders, catalog. Did you mean orders?',
    ].join('\n'),
  );
  expect(existsSync(`${copy}bffs/web/screens/Start.graphql`)).toBe(false);
});

test.each([
  [
    'schema',
    'schemas/mobile.graphql',
    /^type Query \{$/m,
    'type Query {\n  nope: Strong!',
    /mobile\.graphql:\d+:9: Unknown type/,
  ],
  [
    'screen',
    'bffs/mobile/screens/Home.graphql',
    'greeting',
    'greting',
    /Home\.graphql:\d+:\d+: Cannot query field "greting"/,
  ],
  [
    'generated file',
    'CODEOWNERS',
    '@facet/web',
    '@facet/nobody',
    /^CODEOWNERS is out of date. Run npm run generate.$/m,
  ],
])('reports a wrong %s of another client and writes nothing', (_what, path, from, to, problem) => {
  const copy = copyOfProject();
  writeFileSync(copy + path, readFileSync(copy + path, 'utf8').replace(from, to));
  const files = () =>
    readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((file) => !/^(node_modules|\.data)/.test(file));
  const named = ['codegen.yml', 'package.json', 'CODEOWNERS', 'README.md', 'deploy/gateway/haproxy.cfg'];
  const state = () => [files().sort(), named.map((file) => readFileSync(copy + file, 'utf8'))];
  const before = state();
  const { NODE_OPTIONS: _, ...env } = process.env;
  const args = ['packages/cli/new-bff.ts', 'tv', '--yes'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: copy, env, encoding: 'utf8' });
  expect(stderr).toMatch(problem);
  expect(stderr).toMatch(/\nNo files were written\. Fix the problems above first\.\n$/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(status).toBe(1);
  expect(state()).toEqual(before);
});

test.each([
  { client: '', problem: 'The client name is missing' },
  { client: 'TV', problem: '"TV" is not a valid name' },
  { client: '../tv', problem: 'is not a valid name' },
  { client: 'users', problem: 'The name "users" is reserved' },
  { client: 'tv', port: '80', problem: '"80" is not a port' },
  { client: 'tv', port: 'many', problem: 'is not a port' },
  { client: 'tv', port: '3001', problem: 'Port 3001 is used by users' },
  { client: 'web', port: '4001', problem: 'Port 4001 is used by mobile' },
])('$client $port: $problem', ({ client, port = '5000', problem }) => {
  const taken = [
    { client: 'mobile', port: 4_001, identity: { header: 'X-User-Id', exampleId: 'u_42' } },
    { client: 'web', port: 4_002, identity: { header: 'X-User-Id', exampleId: 'u_42' } },
  ];
  expect(() => checkedClient({ client, port, identity: 'x-user-id', from: '' }, taken, services)).toThrow(problem);
  expect(suggestedPort(taken)).toBe(4_003);
});

describe('the identity of a new client', () => {
  const taken = [
    { client: 'a', port: 4_001, identity: { header: 'X-Store-Id', exampleId: 's_1' } },
    { client: 'b', port: 4_002, identity: { header: 'X-Partner-Id', exampleId: 'pa_1' } },
    { client: 'c', port: 4_003, identity: { header: 'x-store-id', exampleId: 's_2' } },
  ];

  test('is that of most clients, or X-User-Id without clients', () => {
    expect(suggestedIdentity(taken)).toBe('X-Store-Id');
    expect(suggestedIdentity([])).toBe('X-User-Id');
  });

  test.each([
    ['x-STORE-id', 'X-Store-Id', 's_1'],
    ['X-Partner-Id', 'X-Partner-Id', 'pa_1'],
    ['Remote-User', 'Remote-User', '1'],
  ])('%s is spelled, and tried, as by the other clients', (identity, header, exampleId) => {
    const input = { client: 'tv', port: '5000', identity, from: 'orders, users,orders' };
    expect(checkedClient(input, taken, services)).toEqual({
      client: 'tv',
      port: 5_000,
      header,
      exampleId,
      from: ['orders', 'users'],
    });
  });
});
