import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import { FORBIDDEN, OPTIONS } from './import-rules.ts';

const home = process.cwd();
let tree = '';

afterEach(() => {
  process.chdir(home);
  rmSync(tree, { recursive: true, force: true });
});

/** Names of the rules that a tree of these files breaks. */
async function broken(files: Readonly<Record<string, string>>): Promise<string[]> {
  tree = mkdtempSync(join(tmpdir(), 'facet-imports-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  process.chdir(tree);
  const folders = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
  const ruleSet = { forbidden: FORBIDDEN };
  const { output } = await cruise(folders, { ...OPTIONS, ruleSet, validate: true, baseDir: tree });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ rule }) => rule.name);
}

const typeImport = (path: string) => `import type { X } from '${path}';\nexport type Y = X;\n`;
const X = 'export interface X { readonly x: number }\n';

describe('the import rules', () => {
  test('let a house through in which all imports run downhill', async () => {
    const files = {
      'bffs/a/main.ts': typeImport('../../shared/server/x.ts'),
      'shared/server/x.ts': `${X}${typeImport('../graphql/x.ts').replace('X }', 'X as Z }').replace('= X', '= Z')}`,
      'shared/graphql/x.ts': X,
    };
    expect(await broken(files)).toEqual([]);
  });

  test.each([
    ['shared/command/a.ts', 'shared/request/x.ts', 'shared-command-downhill'],
    ['shared/request/a.ts', 'shared/downstream/x.ts', 'shared-request-downhill'],
    ['shared/telemetry/a.ts', 'shared/server/x.ts', 'shared-telemetry-downhill'],
    ['shared/downstream/a.ts', 'shared/graphql/x.ts', 'shared-downstream-downhill'],
    ['shared/graphql/a.ts', 'shared/server/x.ts', 'shared-graphql-downhill'],
    ['shared/server/a.ts', 'bffs/x/x.ts', 'shared-server-downhill'],
    ['services/users/a.ts', 'shared/request/x.ts', 'services-downhill'],
    ['bffs/a/a.ts', 'tools/x.ts', 'bffs-downhill'],
    ['bffs/a/a.ts', 'bffs/b/x.ts', 'no-bff-to-bff'],
    ['bffs/a/a.test.ts', 'bffs/b/x.ts', 'no-bff-to-bff'],
    ['bffs/a/a.ts', 'services/users/x.ts', 'nothing-imports-services'],
    ['tools/a.ts', 'services/users/x.ts', 'nothing-imports-services'],
    ['soak/a.ts', 'shared/server/x.ts', 'soak-downhill'],
    ['soak/a.ts', 'bench/contenders/x.ts', 'soak-downhill'],
    ['examples/a/page/a.ts', 'shared/server/x.ts', 'frontends-outside'],
    ['examples/a/page/a.ts', 'examples/b/page/x.ts', 'frontends-outside'],
    ['examples/a/page/a.ts', 'bffs/a/resolvers.ts', 'frontends-outside'],
    ['tools/a.ts', 'soak/x.ts', 'nothing-imports-soak'],
  ])('refuse that %s imports %s, be it a type alone', async (from, to, rule) => {
    const path = `${'../'.repeat(from.split('/').length - 1)}${to}`;
    expect(await broken({ [from]: typeImport(path), [to]: X })).toContain(rule);
  });

  test('refuse circles and imports that lead nowhere', async () => {
    const circle = {
      'shared/request/a.ts': `${typeImport('./b.ts')}${X}`.replace('{ X }', '{ X as Z }').replace('= X', '= Z'),
      'shared/request/b.ts': `${typeImport('./a.ts')}${X}`.replace('{ X }', '{ X as Z }').replace('= X', '= Z'),
    };
    expect(await broken(circle)).toContain('no-circular');
    rmSync(tree, { recursive: true, force: true });
    expect(await broken({ 'shared/request/a.ts': typeImport('./gone.ts') })).toContain('not-to-unresolvable');
  });
});
