import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { checkClient } from './check/client.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

test.each(readdirSync(`${ROOT}bffs`))('%s keeps to its budget', async (client) => {
  const { report, problems } = await checkClient(client);
  expect(problems).toEqual([]);
  for (const file of readdirSync(`${ROOT}bffs/${client}/screens`)) {
    expect(report).toContain(`| ${file.replace('.graphql', '')} `);
  }
});

describe('a client that is not as it should be', () => {
  /** A project of web alone, whose files may be changed. */
  function copyOfWeb(): string {
    const root = `${mkdtempSync(`${tmpdir()}/facet-check-`)}/`;
    cpSync(`${ROOT}bffs/web`, `${root}bffs/web`, { recursive: true });
    cpSync(`${ROOT}schemas`, `${root}schemas`, { recursive: true });
    for (const folder of ['shared', 'node_modules']) symlinkSync(`${ROOT}${folder}`, `${root}${folder}`);
    return root;
  }
  const change = (path: string, edit: (text: string) => string) =>
    writeFileSync(path, edit(readFileSync(path, 'utf8')));

  test('is told which screen passes which figure', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/budget.json`, (text) => text.replace('"calls": 23', '"calls": 22'));
    expect((await checkClient('web', root)).problems).toEqual(['Dashboard can take 23 calls; its budget is 22.']);
  });

  test('is told of keys that nobody knows', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/budget.json`, (text) => text.replace('"waves"', '"weaves"'));
    const [problem] = (await checkClient('web', root)).problems;
    expect(problem).toContain('"weaves"');
  });

  test('is told of a screen that asks for more', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/screens/Dashboard.graphql`, (text) =>
      text.replace('    promos {', '    promos {\n      product {\n        id\n      }'),
    );
    expect((await checkClient('web', root)).problems).toEqual([
      'Dashboard can take 24 calls; its budget is 23.',
      'Dashboard can take 2141 rows; its budget is 2121.',
    ]);
  });

  test('is told of a screen that does not fit', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/screens/ProductPage.graphql`, (text) => text.replace(' name', ' nam'));
    const [problem] = (await checkClient('web', root)).problems;
    expect(problem).toMatch(/ProductPage\.graphql:\d+: Cannot query field "nam"/);
  });
});
