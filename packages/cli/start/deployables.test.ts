import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import type { ProjectConfig } from '../config.ts';
import { deployables, withoutUnbuilt } from './deployables.ts';
import { curl, overview } from './overview.ts';

const CONFIG: ProjectConfig = {
  services: [{ name: 'books', port: 3_001, script: 'services/books.ts', sources: 'services' }],
  frontends: [
    { name: 'web-page', client: 'web', port: 5_001, shows: 'a page', directory: 'pages/web' },
    { name: 'mobile-page', client: 'mobile', port: 5_002, shows: 'a page', directory: 'pages/mobile' },
  ],
};

const BFFS = [
  { client: 'web', port: 4_002 },
  { client: 'mobile', port: 4_001 },
];

test('skips a frontend that is not built, with a message', () => {
  const root = `${mkdtempSync(`${tmpdir()}/facet-pages-`)}/`;
  mkdirSync(`${root}pages/mobile/dist`, { recursive: true });
  writeFileSync(`${root}pages/mobile/dist/index.html`, '');
  const { built, problems } = withoutUnbuilt(deployables(BFFS, CONFIG), root);
  expect(problems).toEqual([
    'web-page is not started: pages/web/dist/index.html does not exist. Build it with npm run build:examples',
  ]);
  expect(built.map(({ name }) => name)).toEqual(['books', 'web', 'mobile', 'mobile-page']);
});

test('starts frontends that are not built in watch mode', () => {
  const all = deployables(BFFS, CONFIG, { watching: true });
  expect(withoutUnbuilt(all, '/nowhere/')).toEqual({ built: all, problems: [] });
});

test('the example of a client without a query is its first screen', () => {
  const tv = {
    client: 'tv',
    identity: { header: 'X-Member-Id', exampleId: 'm_42' },
    examples: { Start: { first: 5, after: 'o 7' }, Other: {} },
  } as const;
  const shown = "curl -s 'localhost:4004/screens/Start?first=5&after=o+7' -H 'X-Member-Id: m_42'";
  expect(curl(tv, 'localhost:4004', 'X-Member-Id: m_42')).toBe(shown);
  expect(overview(deployables([{ client: 'tv', port: 4_004 }], CONFIG), [tv])).toContain(`# tv\n${shown}\n`);
  expect(curl({ ...tv, examples: {} }, 'localhost:4004', 'X-Member-Id: m_42')).toBeUndefined();
});
