import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { smallDataFile } from '../testing/data-file.ts';
import { freePort } from '../testing/free-port.ts';
import { copyOfProject } from '../testing/project-copy.ts';
import { type ReferenceServices, startReferenceServices } from '../testing/reference-services.ts';
import { runsScripts } from '../testing/run.ts';
import { REFERENCE_SERVICES } from './reference-services.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

function digestsOf(copy: string): Record<string, string> {
  execFileSync(process.execPath, ['tools/build.ts'], { cwd: copy });
  return JSON.parse(readFileSync(`${copy}dist/digests.json`, 'utf8'));
}

let copy: string;
/** Of the copy as it is. */
let digests: Record<string, string>;
beforeAll(() => {
  copy = copyOfProject();
  digests = digestsOf(copy);
}, 60_000);

test('there is a bundle of every deployable, the same from any folder', () => {
  const names = [...REFERENCE_SERVICES, ...readdirSync(`${ROOT}bffs`)];
  expect(Object.keys(digests).sort()).toEqual(names.sort());
  expect(new Set(Object.values(digests)).size).toBe(names.length);
  expect(digestsOf(copyOfProject())).toEqual(digests);
}, 60_000);

test.each([
  { changed: 'bffs/web/resolvers.ts', by: '// changed\nexport const more = 1;\n', bundles: ['web'] },
  { changed: 'bffs/web/screens/ProductPage.graphql', by: '#', bundles: ['web'] },
  { changed: 'bffs/web/budget.json', by: '\n', bundles: ['web'] },
  { changed: 'schemas/web.graphql', by: '#', bundles: ['web'] },
  { changed: 'services/users/routes.ts', by: 'process.title;\n', bundles: ['users'] },
  { changed: 'shared/request/locale.ts', by: 'process.title;\n', bundles: readdirSync(`${ROOT}bffs`).sort() },
])(
  'a change of $changed changes $bundles and no other bundle',
  ({ changed, by, bundles }) => {
    const before = digests;
    appendFileSync(`${copy}${changed}`, by);
    digests = digestsOf(copy);
    expect(Object.keys(digests).filter((name) => digests[name] !== before[name])).toEqual(bundles);
  },
  60_000,
);

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
}, 30_000);

test('a service’s bundle answers by itself', async () => {
  const port = await freePort();
  run(alone('users'), { PORT: String(port), DATA_FILE: smallDataFile() });
  const answer = await answerOf(`http://localhost:${port}/users/u_42`);
  expect(await answer.json()).toMatchObject({ id: 'u_42', firstName: 'Ada' });
}, 30_000);

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
