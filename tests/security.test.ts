import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lockedPackages } from '@facet/cli/internal/build/packages.ts';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ATTACKS = 'packages/server/http/attacks/';
const DOCS = readFileSync(`${ROOT}docs/explanation/security.md`, 'utf8');

const deployed = new Set(
  lockedPackages(ROOT)
    .filter((one) => one.deployed)
    .map(({ id }) => id),
);

/** The cells of every row of the tables with this head. */
function rowsUnder(head: string): string[][] {
  return DOCS.split(`${head}\n`)
    .slice(1)
    .flatMap((rest) =>
      rest
        .slice(0, rest.search(/\n(?!\|)/))
        .split('\n')
        .slice(1),
    )
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));
}

/** The titles of the tests in a file, as they stand in it. */
function titlesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(`${ROOT}${file}`, 'utf8'), ts.ScriptTarget.ES2024, true);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const { expression: called, arguments: given } = node;
      const name = ts.isCallExpression(called) ? called.expression : called;
      const [title] = given;
      const isTitle = title && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title));
      if (isTitle && ['test', 'test.each'].includes(name.getText())) titles.push(title.getText().slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

const TEST = /`([\w./-]+\.test\.ts)` `([^`]+)`/g;
const attacks = rowsUnder('| attack | guard | test |').map(([attack = '', guard = '', tests = '']) => ({
  attack,
  guard,
  tests: Array.from(tests.matchAll(TEST), ([, file = '', title = '']) => ({ file, title })),
}));

/** Every test file of the project. The page names them by the end of their path, so that a file may move. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => existsSync(ROOT + path));

describe('docs/explanation/security.md', () => {
  test.each(attacks)('has a guard, and tests that are there, for $attack', ({ guard, tests }) => {
    expect(guard).not.toBe('');
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) {
      const paths = FILES.filter((path) => path.endsWith(`/${file}`));
      expect(paths).not.toEqual([]);
      expect(paths.flatMap(titlesIn)).toContain(title);
    }
  });

  test('has all the attacks that there are tests of', () => {
    expect(attacks.length).toBeGreaterThan(40);
    const files = readdirSync(`${ROOT}${ATTACKS}`);
    expect(files.length).toBeGreaterThan(0);
    const told = new Set(attacks.flatMap(({ tests }) => tests.map(({ file, title }) => `${file} ${title}`)));
    const tried = files.flatMap((file) => titlesIn(`${ATTACKS}${file}`).map((title) => `${file} ${title}`));
    expect(tried.filter((one) => !told.has(one))).toEqual([]);
  });
});

describe('the packages that meet what others send', () => {
  const advisories = rowsUnder('| package | advisory | fixed in | ours |');
  const numbers = (version: string) => version.split('.').map(Number);
  const isAtLeast = (ours: string, fixed: string) => {
    const [a, b] = [numbers(ours), numbers(fixed)];
    const at = [0, 1, 2].find((index) => a[index] !== b[index]) ?? 0;
    return (a[at] ?? Number.NaN) >= (b[at] ?? Number.NaN);
  };

  test.each(advisories)('%s: %s', (name, _advisory, fixed = '', ours) => {
    const found = [...deployed].filter((one) => one.startsWith(`${name}@`));
    const versions = found.map((one) => one.slice(`${name}@`.length));
    expect(versions.join(', ')).toBe(ours);
    for (const version of versions) expect(isAtLeast(version, fixed)).toBe(true);
  });

  test('are compared by numbers', () => {
    const names = new Set(advisories.map(([name]) => name));
    const asked = ['@apollo/server', 'express', 'undici', 'graphql', 'body-parser', 'qs', 'path-to-regexp'];
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    expect(isAtLeast('8.12.4', '8.9.0')).toBe(true);
    expect(isAtLeast('8.9.0', '8.9.0')).toBe(true);
    expect(isAtLeast('8.8.9', '8.9.0')).toBe(false);
    expect(isAtLeast('7.29.0', '8.9.0')).toBe(false);
  });
});
