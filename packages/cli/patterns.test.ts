import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Found, patternsIn } from './patterns.ts';

const folder = mkdtempSync(join(tmpdir(), 'facet-patterns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = runsScripts();

/** What was found, as `line: /source/flags` or `line: problem`. */
const told = (found: readonly Found[]): string[] =>
  found.map((one) => `${one.line}: ${'problem' in one ? one.problem : `/${one.source}/${one.flags}`}`);

const BUILT = expect.stringMatching(/^1: the regular expression is built at run time/);

describe('the collection of regular expressions', () => {
  test.each([
    ['const a = /a+$/gi;', '1: /a+$/gi'],
    ['\n\nexport const split = (t: string) => t.split(/[/]\\/+/);', '3: /[/]\\/+/'],
    ["const a = new RegExp('a+$', 'g');", '1: /a+$/g'],
    ["const a = RegExp('a+$');", '1: /a+$/'],
    ['const a = new globalThis.RegExp(`a+$`);', '1: /a+$/'],
    ["const a = (t: string) => t.match('a+$');", '1: /a+$/'],
    ["const schema = { type: 'string', pattern: '^a+$' };", '1: /^a+$/u'],
    ['const a = (b: string) => new RegExp(b);', BUILT],
    ["const a = (b: string) => new RegExp('^' + b);", BUILT],
    ["const a = (b: string) => RegExp('a', b);", BUILT],
    ['const a = (t: string, b: string) => t.search(b);', BUILT],
  ])('finds the one in %j', (text, expected) => {
    expect(told(patternsIn('a.ts', text))).toEqual([expected]);
  });

  test('ignores everything else', () => {
    const text = "// /a+$/\nconst text = '/a+$/';\nconst half = 1 / 2 / 3;\nconst LINK = 1;\n";
    expect(patternsIn('a.ts', text)).toEqual([]);
    expect(patternsIn('a.tsx', '<p title="/a+$/">/a+$/ and a / b /</p>;')).toEqual([]);
  });

  test('accepts an expression built at run time after a comment with the reason', () => {
    const built = 'const a = (b: string) => new RegExp(b);';
    expect(patternsIn('a.ts', `// check:patterns allows this: only a command reads it.\n${built}`)).toEqual([]);
    expect(patternsIn('a.ts', `// check:patterns allows this:\n${built}`)).toHaveLength(1);
    expect(patternsIn('a.ts', `// Only a command reads it.\n${built}`)).toHaveLength(1);
  });

  test('accepts a variable with a literal', () => {
    expect(told(patternsIn('a.ts', 'const LINK = /a/g;\ntext.matchAll(LINK);'))).toEqual(['1: /a/g']);
  });

  test('reads the patterns of OpenAPI documents and of HAProxy', () => {
    const yaml = "properties:\n  pattern: { type: string }\n  id: { type: string, pattern: '^u_[0-9]+$' }\n";
    expect(told(patternsIn('a.yaml', yaml))).toEqual(['3: /^u_[0-9]+$/u']);
    const cfg =
      'acl a path -m reg ^/(a|b)$\nacl b req.fhdr(b) -m reg -i ^Bearer\\ +\\w+$\nacl c var(c) -m reg \'"e"\\s*:\'\n';
    expect(told(patternsIn('a.cfg', cfg))).toEqual(['1: /^/(a|b)$/', '2: /^Bearer +\\w+$/i', '3: /"e"\\s*:/']);
  });
});

test('the check reports quadratic, exponential and dynamic patterns, and no linear one', async () => {
  const file = join(folder, 'planted.ts');
  writeFileSync(
    file,
    [
      'export const linear = /^a+$/;',
      'export const quadratic = (text: string) => text.replace(/\\s+$/, "");',
      'export const exponential = /^(a+)+$/;',
      'export const built = (name: string) => new RegExp(name);',
    ].join('\n'),
  );
  const { exitCode, output } = await run('packages/cli/check-patterns.ts', {}, file).ended;
  expect(exitCode).toBe(1);
  expect(output.trim().split('\n')).toEqual([
    expect.stringMatching(/planted\.ts:2: \/\\s\+\$\/ takes more than linear time \(2nd degree polynomial/),
    expect.stringMatching(/planted\.ts:3: \/\^\(a\+\)\+\$\/ takes more than linear time \(exponential/),
    expect.stringMatching(/planted\.ts:4: the regular expression is built at run time/),
  ]);
});
