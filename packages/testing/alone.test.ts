/**
 * The packages stand without the project around them: the type check and a set of their suites pass in a copy that has packages/ and the
 * configuration of the workspace alone. ALONE=all runs every suite of packages/ there, which takes about 20 minutes.
 */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import { copyOfPackages } from './project-copy.ts';

const LIMIT_MS = 3_600_000;

/** Suites of every package: of in-process servers, processes, commands in a project, generated files and the exported helpers. */
const SUITES = [
  'packages/server/http/(cookies|documents|field-usage|reserve|settings).test',
  'packages/server/graphql/(budget|missing-fields|analysis/selection|execution/compile).test',
  'packages/server/downstream/batching/loaders.test',
  'packages/cli/(check|clients|max-items|impact/schema).test',
  'packages/sandbox/(edit|how).test',
  'packages/testing/index.test',
];

const isAll = process.env['ALONE'] === 'all';
let copy: string;
const { NODE_OPTIONS: _, ...environment } = process.env;
const node = (...args: string[]) =>
  promisify(execFile)(process.execPath, args, { cwd: copy, env: environment, maxBuffer: 64 * 1024 * 1024 });

beforeAll(() => {
  copy = copyOfPackages();
  // Tests that copy files ask git which there are.
  execFileSync('git', ['init', '-q'], { cwd: copy });
  if (isAll) execFileSync(process.execPath, ['packages/sandbox/build.ts'], { cwd: copy, stdio: 'ignore' });
});

test('every module that the packages and their tests import is theirs or installed', async () => {
  const options = { baseDir: copy, doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true } as const;
  const resolve = {
    extensions: ['.ts', '.tsx', '.js'],
    conditionNames: ['import', 'types'],
    exportsFields: ['exports'],
    mainFields: ['main', 'types', 'typings'],
  };
  const { output } = await cruise(['packages'], options, resolve);
  if (typeof output === 'string') throw new Error(output);
  expect(output.modules.length).toBeGreaterThan(500);
  const lost = output.modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ resolved, couldNotResolve, coreModule }) => !coreModule && (couldNotResolve || isOutside(resolved)))
      .map(({ module }) => `${source} imports ${module}`),
  );
  expect(lost).toEqual([]);
});

const isOutside = (path: string): boolean => !path.startsWith('packages/') && !path.includes('node_modules/');

test(
  'the packages compile',
  () => expect(node('node_modules/typescript/bin/tsc', '-p', '.')).resolves.toMatchObject({ stdout: '' }),
  LIMIT_MS,
);

test(
  'their tests pass',
  async () => {
    const args = ['--testPathIgnorePatterns', 'testing/alone.test', '--forceExit', ...(isAll ? ['packages/'] : SUITES)];
    const { stderr } = await node('--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...args);
    expect(stderr).toMatch(/^Test Suites: (\d+ skipped, )?\d+ passed, \d+ total$/m);
  },
  LIMIT_MS,
);
