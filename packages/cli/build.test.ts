import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { NODE_MAJOR } from '@facet/server/internal/command/node-version.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { copyOfFixture } from '@facet/testing/internal/project-copy.ts';
import {
  REFERENCE_SERVICES,
  type ReferenceServices,
  startReferenceServices,
} from '@facet/testing/internal/reference-services.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { NODE_OPTIONS: _, ...environment } = process.env;
/** A process that has nothing of jest's. */
const ALONE = { encoding: 'utf8', env: environment } as const;
const AS_OLD = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });";

function digestsOf(copy: string): Record<string, string> {
  execFileSync(process.execPath, ['packages/cli/build.ts'], { cwd: copy });
  return JSON.parse(readFileSync(`${copy}dist/digests.json`, 'utf8'));
}

let copy: string;
/** Of the copy as it is. */
let digests: Record<string, string>;
beforeAll(() => {
  copy = copyOfFixture();
  digests = digestsOf(copy);
});

test('bundles every deployable, identically in any directory', () => {
  const names = [...REFERENCE_SERVICES, ...readdirSync(`${FIXTURE}bffs`)];
  expect(Object.keys(digests).sort()).toEqual(names.sort());
  expect(new Set(Object.values(digests)).size).toBe(names.length);
  expect(digestsOf(copyOfFixture())).toEqual(digests);
});

/** A Node of the machine that is older than the one that bundles need; undefined where there is none. */
function olderNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return folders
    .map((folder) => `${folder}/node`)
    .filter((path) => existsSync(path))
    .find((path) => Number.parseInt(execFileSync(path, ['-p', 'process.versions.node'], ALONE), 10) < NODE_MAJOR);
}

describe('a Node version that is too old gets a message of one line', () => {
  const names = [...REFERENCE_SERVICES, ...readdirSync(`${FIXTURE}bffs`)];
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
  { changed: 'code', bundles: ['web'], changes: { 'bffs/web/resolvers.ts': 'process.title;\n' } },
  {
    changed: 'files',
    bundles: ['web'],
    changes: { 'bffs/web/screens/BookPage.graphql': '#', 'bffs/web/budget.json': '\n', 'schemas/web.graphql': '#' },
  },
  {
    changed: 'what BFFs have in common, and a service',
    bundles: [...readdirSync(`${FIXTURE}bffs`).sort(), 'members'],
    changes: {
      'packages/server/request/locale.ts': 'process.title;\n',
      'services/start/members.ts': 'process.title;\n',
    },
  },
])('a change of $changed changes only $bundles', ({ changes, bundles }) => {
  const before = digests;
  for (const [file, by] of Object.entries(changes)) appendFileSync(`${copy}${file}`, by);
  digests = digestsOf(copy);
  expect(Object.keys(digests).filter((name) => digests[name] !== before[name])).toEqual(bundles);
  // What a bundle has as a file is there as it is, so that its digest depends on all of it.
  for (const file of Object.keys(changes).filter((one) => !one.endsWith('.ts'))) {
    expect(readFileSync(`${copy}dist/web/${file}`)).toEqual(readFileSync(copy + file));
  }
});

/** The packages of an entry's modules, from the source maps of a build of its own: those of a bundle leave packages out. */
async function mappedPackages(entry: string): Promise<string[]> {
  const options = { bundle: true, platform: 'node', format: 'esm', splitting: true, sourcemap: 'external' } as const;
  const { outputFiles } = await build({
    ...options,
    absWorkingDir: copy,
    entryPoints: [entry],
    outdir: 'unwritten',
    write: false,
    preserveSymlinks: true,
    logLevel: 'error',
  });
  const maps = outputFiles.filter(({ path }) => path.endsWith('.map'));
  const sources = maps.flatMap(({ text }): string[] => JSON.parse(text).sources);
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1]);
  // A package's own maps may name sources beside its folder, which look like packages.
  const isInstalled = (name: string | undefined) =>
    !name?.startsWith('@facet/') && existsSync(`${ROOT}node_modules/${name}/package.json`);
  return [...new Set(names)].filter(isInstalled) as string[];
}

/** All sources that a bundle's source maps name. */
function mappedSources(bundle: string): string[] {
  const folder = `${copy}dist/${bundle}/`;
  const maps = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.map'));
  return maps.flatMap((file): string[] => JSON.parse(readFileSync(folder + file, 'utf8')).sources);
}

function packagesIn(bundle: string): string[] {
  return JSON.parse(readFileSync(`${copy}dist/${bundle}/packages.json`, 'utf8'));
}

describe('the packages of a bundle', () => {
  test.each([
    { bundle: 'web', entry: 'bffs/web/main.ts' },
    { bundle: 'members', entry: 'services/start/members.ts' },
  ])('are listed in packages.json of $bundle', async ({ bundle, entry }) => {
    const names = packagesIn(bundle).map((one) => one.replace(/@[^@]*$/, ''));
    const mapped = await mappedPackages(entry);
    expect(mapped.length).toBeGreaterThan(5);
    expect(names).toEqual(expect.arrayContaining(mapped));
    expect(names).toEqual(expect.arrayContaining(bundle === 'web' ? ['express', 'undici'] : ['express', 'router']));
    for (const other of ['jest', 'typescript', 'esbuild', 'vite', 'react']) expect(names).not.toContain(other);
    // It is nothing of this machine.
    expect(packagesIn(bundle).every((one) => /^(@[^/]+\/)?[^/@]+@\d[^/]*$/.test(one))).toBe(true);
  });

  test('take less than 8 MB per bundle, and source maps cover only the project and Facet', () => {
    for (const bundle of Object.keys(digests)) {
      const files = readdirSync(`${copy}dist/${bundle}`, { recursive: true, withFileTypes: true });
      const bytes = files
        .filter((file) => file.isFile())
        .map((file) => statSync(`${file.parentPath}/${file.name}`).size)
        .reduce((sum, size) => sum + size, 0);
      expect(bytes).toBeLessThan(8_000_000);
      expect(mappedSources(bundle).filter((source) => /node_modules\/(?!@facet\/)/.test(source))).toEqual([]);
    }
    const sources = mappedSources('web');
    for (const end of ['bffs/web/resolvers.ts', 'server/downstream/fetcher.ts']) {
      expect(sources.filter((source) => source.endsWith(end))).toHaveLength(1);
    }
  });

  test('are written by npm run sbom with hashes and licences, without machine-specific paths', () => {
    execFileSync(process.execPath, ['packages/cli/sbom.ts'], { cwd: copy });
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

test('a BFF’s bundle runs alone and serves screens and ad-hoc operations', async () => {
  services = await startReferenceServices();
  const { members, loans, library } = services.urls;
  const { port } = run(alone('web'), { PORT: '0', MEMBERS_URL: members, LOANS_URL: loans, LIBRARY_URL: library });
  const url = `http://localhost:${await port}`;
  const headers = { 'X-Member-Id': 'm_42', 'Content-Type': 'application/json' };
  const screen = await fetch(`${url}/screens/BookPage?id=b_7`, { headers });
  expect(await screen.json()).toMatchObject({ data: { book: { id: 'b_7' } } });
  const body = JSON.stringify({ query: '{ dashboard { profile { name } } }' });
  const other = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  expect(await other.json()).toEqual({ data: { dashboard: { profile: { name: 'Ada Lovelace' } } } });
});

test('a service’s bundle runs alone', async () => {
  const port = await freePort();
  run(alone('members'), { PORT: String(port) });
  const answer = await answerOf(`http://localhost:${port}/members/m_42`);
  expect(await answer.json()).toMatchObject({ id: 'm_42', firstName: 'Ada' });
});

/** The first answer of a server that is starting. */
async function answerOf(url: string): Promise<Response> {
  for (;;) {
    try {
      return await fetch(url, { headers: { 'X-Member-Id': 'm_42' } });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
