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
  test('accept a project whose imports follow the layers', async () => {
    const files = {
      'bffs/a/main.ts': typeImport('../../packages/server/http/start.ts'),
      'packages/server/http/start.ts': `${X}${typeImport('../graphql/x.ts').replace('X }', 'X as Z }').replace('= X', '= Z')}`,
      'packages/server/graphql/x.ts': X,
    };
    expect(await broken(files)).toEqual([]);
  });

  test.each([
    ['packages/server/command/a.ts', 'packages/server/request/x.ts', 'command-downhill'],
    ['packages/server/request/a.ts', 'packages/server/downstream/x.ts', 'request-downhill'],
    ['packages/server/telemetry/a.ts', 'packages/server/http/x.ts', 'telemetry-downhill'],
    ['packages/server/downstream/a.ts', 'packages/server/graphql/x.ts', 'downstream-downhill'],
    ['packages/server/graphql/a.ts', 'packages/server/http/x.ts', 'graphql-downhill'],
    ['packages/server/http/a.ts', 'bffs/x/x.ts', 'server-alone'],
    ['packages/server/http/a.ts', 'shared/x.ts', 'server-alone'],
    ['packages/server/http/a.ts', 'packages/cli/x.ts', 'server-alone'],
    ['packages/cli/a.ts', 'shared/x.ts', 'cli-alone'],
    ['packages/cli/a.ts', 'examples/x.ts', 'cli-alone'],
    ['packages/sandbox/page/a.ts', 'packages/server/graphql/x.ts', 'sandbox-alone'],
    ['shared/a/endpoints.ts', 'packages/server/downstream/x.ts', 'shared-downhill'],
    ['shared/a/endpoints.ts', 'bffs/a/x.ts', 'shared-downhill'],
    ['bffs/a/a.ts', 'packages/server/graphql/x.ts', 'bffs-downhill'],
    ['bffs/a/a.ts', 'packages/testing/x.ts', 'bffs-downhill'],
    ['bffs/a/a.ts', 'bffs/b/x.ts', 'no-bff-to-bff'],
    ['bffs/a/a.test.ts', 'bffs/b/x.ts', 'no-bff-to-bff'],
    ['examples/services/members/a.ts', 'packages/server/request/x.ts', 'services-downhill'],
    ['bffs/a/a.ts', 'examples/services/members/x.ts', 'nothing-imports-services'],
    ['packages/cli/a.ts', 'examples/services/members/x.ts', 'nothing-imports-services'],
    ['tests/a.test.ts', 'examples/services/members/x.ts', 'nothing-imports-services'],
    ['packages/server/http/a.test.ts', 'bffs/x/x.ts', 'packages-alone'],
    ['packages/cli/a.test.ts', 'shared/x.ts', 'packages-alone'],
    ['packages/sandbox/a.test.ts', 'schemas/x.ts', 'packages-alone'],
    ['packages/testing/a.ts', 'examples/services/members/x.ts', 'packages-alone'],
    ['packages/testing/fixture/a.ts', 'shared/x.ts', 'packages-alone'],
    ['packages/cli/a.test.ts', 'deploy/x.ts', 'packages-alone'],
    ['packages/cli/a.test.ts', 'tests/x.ts', 'packages-alone'],
    ['packages/cli/a.test.ts', 'packages/server/http/x.ts', 'packages-by-exports'],
    ['packages/testing/a.ts', 'packages/server/x.ts', 'packages-by-exports'],
    ['packages/testing/index.ts', 'packages/testing/fixture/x.ts', 'testing-without-fixture'],
    ['bench/soak/a.ts', 'packages/server/http/x.ts', 'soak-downhill'],
    ['bench/soak/a.ts', 'bench/contenders/x.ts', 'soak-downhill'],
    ['examples/a/page/a.ts', 'packages/server/http/x.ts', 'frontends-outside'],
    ['examples/a/page/a.ts', 'examples/b/page/x.ts', 'frontends-outside'],
    ['examples/a/page/a.ts', 'bffs/a/resolvers.ts', 'frontends-outside'],
    ['packages/cli/a.ts', 'bench/soak/x.ts', 'nothing-imports-soak'],
  ])('reject an import from %s of %s, type-only ones included', async (from, to, rule) => {
    const path = `${'../'.repeat(from.split('/').length - 1)}${to}`;
    expect(await broken({ [from]: typeImport(path), [to]: X })).toContain(rule);
  });

  test('reject circular and unresolvable imports', async () => {
    const circle = {
      'packages/server/request/a.ts': `${typeImport('./b.ts')}${X}`
        .replace('{ X }', '{ X as Z }')
        .replace('= X', '= Z'),
      'packages/server/request/b.ts': `${typeImport('./a.ts')}${X}`
        .replace('{ X }', '{ X as Z }')
        .replace('= X', '= Z'),
    };
    expect(await broken(circle)).toContain('no-circular');
    rmSync(tree, { recursive: true, force: true });
    expect(await broken({ 'packages/server/request/a.ts': typeImport('./gone.ts') })).toContain('not-to-unresolvable');
  });
});
