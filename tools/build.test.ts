import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { NODE_MAJOR } from '../shared/command/node-version.ts';
import { smallDataFile } from '../testing/data-file.ts';
import { freePort } from '../testing/free-port.ts';
import { copyOfProject } from '../testing/project-copy.ts';
import { type ReferenceServices, startReferenceServices } from '../testing/reference-services.ts';
import { runsScripts } from '../testing/run.ts';
import { REFERENCE_SERVICES } from './reference-services.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const { NODE_OPTIONS: _, ...environment } = process.env;
/** A process that has nothing of jest's. */
const ALONE = { encoding: 'utf8', env: environment } as const;
const AS_OLD = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });";

function digestsOf(copy: string): Record<string, string> {
  execFileSync(process.execPath, ['tools/build.ts'], { cwd: copy });
  return JSON.parse(readFileSync(`${copy}dist/digests.json`, 'utf8'));
}

/** The project as it is once npm ci has built the sandbox's page. */
function copyWithPage(): string {
  const copied = copyOfProject();
  cpSync(`${ROOT}sandbox/dist`, `${copied}sandbox/dist`, { recursive: true });
  return copied;
}

let copy: string;
/** Of the copy as it is. */
let digests: Record<string, string>;
beforeAll(() => {
  copy = copyWithPage();
  digests = digestsOf(copy);
});

test('there is a bundle of every deployable, the same from any folder', () => {
  const names = [...REFERENCE_SERVICES, ...readdirSync(`${ROOT}bffs`)];
  expect(Object.keys(digests).sort()).toEqual(names.sort());
  expect(new Set(Object.values(digests)).size).toBe(names.length);
  expect(digestsOf(copyWithPage())).toEqual(digests);
});

/** A Node of the machine that is older than the one that bundles need; undefined where there is none. */
function olderNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return folders
    .map((folder) => `${folder}/node`)
    .filter((path) => existsSync(path))
    .find((path) => Number.parseInt(execFileSync(path, ['-p', 'process.versions.node'], ALONE), 10) < NODE_MAJOR);
}

describe('a Node that is too old is told so in one line', () => {
  const names = [...REFERENCE_SERVICES, ...readdirSync(`${ROOT}bffs`)];
  const older = olderNode();
  const ways: [string, string, string[]][] = [
    ['one that says it is older', process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(AS_OLD)}`]],
    ...(older === undefined ? [] : [['the machine’s', older, []] as [string, string, string[]]]),
  ];

  test.each(ways)('by %s', (_which, node, options) => {
    for (const name of names) {
      const { status, stdout, stderr } = spawnSync(node, [...options, `${copy}dist/${name}/main.js`], ALONE);
      expect({ status, stdout, stderr }).toEqual({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(
          `^Node ${NODE_MAJOR} or newer is needed, and this is Node \\d+\\.\\d+\\.\\d+\\. In the project: npx node dist/${name}/main\\.js\n$`,
        ),
      });
    }
  });
});

test.each([
  { changed: 'code', bundles: ['web'], changes: { 'bffs/web/resolvers.ts': '// changed\nexport const more = 1;\n' } },
  {
    changed: 'files',
    bundles: ['web'],
    changes: { 'bffs/web/screens/ProductPage.graphql': '#', 'bffs/web/budget.json': '\n', 'schemas/web.graphql': '#' },
  },
  {
    changed: 'what BFFs have in common, and a service',
    bundles: [...readdirSync(`${ROOT}bffs`).sort(), 'users'],
    changes: { 'shared/request/locale.ts': 'process.title;\n', 'services/users/routes.ts': 'process.title;\n' },
  },
])('a change of $changed changes $bundles and no other bundle', ({ changes, bundles }) => {
  const before = digests;
  for (const [file, by] of Object.entries(changes)) appendFileSync(`${copy}${file}`, by);
  digests = digestsOf(copy);
  expect(Object.keys(digests).filter((name) => digests[name] !== before[name])).toEqual(bundles);
  // What a bundle has as a file is there as it is, so that its digest depends on all of it.
  for (const file of Object.keys(changes).filter((one) => !one.endsWith('.ts'))) {
    expect(readFileSync(`${copy}dist/web/${file}`)).toEqual(readFileSync(copy + file));
  }
});

/** The packages whose modules a bundle's source maps name. */
function mappedPackages(bundle: string): string[] {
  const folder = `${copy}dist/${bundle}/`;
  const maps = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.map'));
  const sources = maps.flatMap((file): string[] => JSON.parse(readFileSync(folder + file, 'utf8')).sources);
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  // A package's own maps may name sources beside its folder, which look like packages.
  return [...new Set(names)].filter((name) => existsSync(`${ROOT}node_modules/${name}/package.json`)) as string[];
}

function packagesIn(bundle: string): string[] {
  return JSON.parse(readFileSync(`${copy}dist/${bundle}/packages.json`, 'utf8'));
}

describe('what a bundle is made of', () => {
  test.each(['web', 'users'])('is told in %s', (bundle) => {
    const names = packagesIn(bundle).map((one) => one.replace(/@[^@]*$/, ''));
    expect(mappedPackages(bundle).length).toBeGreaterThan(5);
    expect(names).toEqual(expect.arrayContaining(mappedPackages(bundle)));
    // The last two are in the sandbox's page, and in no module of the server.
    const some = bundle === 'web' ? ['express', 'undici', 'react', 'graphiql', '@graphiql/react'] : ['@faker-js/faker'];
    expect(names).toEqual(expect.arrayContaining(some));
    for (const other of ['jest', 'typescript', 'esbuild', 'vite']) expect(names).not.toContain(other);
    // It is nothing of this machine.
    expect(packagesIn(bundle).every((one) => /^(@[^/]+\/)?[^/@]+@\d[^/]*$/.test(one))).toBe(true);
  });

  test('is written by npm run sbom, with hashes and licences, and nothing of this machine', () => {
    execFileSync(process.execPath, ['tools/sbom.ts'], { cwd: copy });
    const serials = new Set<string>();
    for (const bundle of Object.keys(digests)) {
      const text = readFileSync(`${copy}dist/${bundle}.sbom.json`, 'utf8');
      const { bomFormat, serialNumber, metadata, components, dependencies } = JSON.parse(text);
      expect(bomFormat).toBe('CycloneDX');
      serials.add(serialNumber);
      expect(metadata.component).toMatchObject({
        name: `facet-${bundle}`,
        purl: expect.stringMatching(new RegExp(`^pkg:npm/facet-${bundle}@`)),
      });
      const refs = components.map((component: { 'bom-ref': string }) => component['bom-ref']);
      expect(refs.sort()).toEqual(packagesIn(bundle));
      expect(dependencies.map(({ ref }: { ref: string }) => ref).sort()).toEqual(
        [metadata.component['bom-ref'], ...refs].sort(),
      );
      for (const { hashes, licenses } of components) {
        expect(hashes).toMatchObject([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
        expect(licenses).toHaveLength(1);
      }
      for (const inside of [copy, tmpdir(), hostname()]) expect(text).not.toContain(inside);
      expect(new Set(text.match(/https?:\/\/[^/"]+/g))).toEqual(new Set(['http://cyclonedx.org']));
    }
    expect(serials.size).toBe(Object.keys(digests).length);
  });
});

const run = runsScripts();
let services: ReferenceServices | undefined;
afterEach(async () => {
  await services?.[Symbol.asyncDispose]();
  services = undefined;
});

/** A bundle alone in a folder that has nothing else. */
function alone(name: string): string {
  const folder = mkdtempSync(`${tmpdir()}/facet-alone-`);
  cpSync(`${copy}dist/${name}`, folder, { recursive: true });
  return `${folder}/main.js`;
}

test('a BFF’s bundle answers by itself: a screen, another operation', async () => {
  services = await startReferenceServices();
  const { users, orders, catalog } = services.urls;
  const { port } = run(alone('web'), { PORT: '0', USERS_URL: users, ORDERS_URL: orders, CATALOG_URL: catalog });
  const url = `http://localhost:${await port}`;
  const headers = { 'X-User-Id': 'u_42', 'Content-Type': 'application/json' };
  const screen = await fetch(`${url}/screens/ProductPage?id=p_7`, { headers });
  expect(await screen.json()).toMatchObject({ data: { product: { id: 'p_7' } } });
  const body = JSON.stringify({ query: '{ dashboard { profile { name } } }' });
  const other = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  expect(await other.json()).toEqual({ data: { dashboard: { profile: { name: 'Ada Lovelace' } } } });
});

test('a service’s bundle answers by itself', async () => {
  const port = await freePort();
  run(alone('users'), { PORT: String(port), DATA_FILE: smallDataFile() });
  const answer = await answerOf(`http://localhost:${port}/users/u_42`);
  expect(await answer.json()).toMatchObject({ id: 'u_42', firstName: 'Ada' });
});

/** The first answer of a server that is starting. */
async function answerOf(url: string): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url, { headers: { 'X-User-Id': 'u_42' } });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
