import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { howToGet, needs, PROGRAMS, type ProgramName } from './debian-packages.ts';
import { leftOut } from './left-out.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAMES = Object.keys(PROGRAMS) as ProgramName[];

describe('a program that a suite needs', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-programs-'));
    writeFileSync(join(folder, 'promtool'), '');
    chmodSync(join(folder, 'promtool'), 0o755);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('is found on the PATH, or where the environment says, and there alone', () => {
    const place = join(folder, 'promtool');
    expect(needs('promtool', { PATH: folder })).toBe(place);
    expect(needs('redis-server', { REDIS_SERVER: place })).toBe(place);
    expect(needs('promtool', { PATH: folder, PROMTOOL: join(folder, 'none') })).toBeUndefined();
  });

  test.each(NAMES)('%s: where it is not, CI fails, and others are told how to get it', (name) => {
    const nowhere = { [name.toUpperCase().replace('-', '_')]: join(folder, 'none') };
    expect(needs(name, nowhere)).toBeUndefined();
    expect(() => needs(name, { ...nowhere, CI: 'true' })).toThrow(howToGet(name));
  });

  test.each(NAMES)('%s: CI installs it', (name) => {
    const { debianPackage } = PROGRAMS[name];
    expect(readFileSync(`${ROOT}.ci/run`, 'utf8')).toMatch(new RegExp(`^need ${name} ${debianPackage} `, 'm'));
  });
});

describe('what was left out', () => {
  test('is told by suite, with one command for all that is missing', () => {
    const todo = (title: string) => ({ status: 'todo', title });
    const testResults = [
      { testFilePath: '/facet/b.test.ts', testResults: [todo(howToGet('promtool')), todo('Something else')] },
      { testFilePath: '/facet/a.test.ts', testResults: [{ status: 'passed', title: 'x' }, todo(howToGet('chromium'))] },
      { testFilePath: '/facet/c.test.ts', testResults: [todo(howToGet('promtool'))] },
    ];
    expect(leftOut({ testResults }, '/facet')).toBe(`
Left out:
  a.test.ts: There is no chromium: apt-get install chromium, or CHROMIUM=/path/to/it npm test
  b.test.ts: Something else
  b.test.ts: There is no promtool: apt-get install prometheus, or PROMTOOL=/path/to/it npm test
  c.test.ts: There is no promtool: apt-get install prometheus, or PROMTOOL=/path/to/it npm test
To run them: apt-get install chromium prometheus
`);
  });

  test('is nothing where all was run', () => {
    const testResults = [{ testFilePath: '/facet/a.test.ts', testResults: [{ status: 'passed', title: 'x' }] }];
    expect(leftOut({ testResults }, '/facet')).toBe('');
  });

  test('is the last that Jest says', () => {
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'packages/sandbox/sandbox.test'];
    const { CI: _, ...environment } = process.env;
    const env = { ...environment, CHROMIUM: '/nowhere' };
    const { status, stderr } = spawnSync(process.execPath, jest, { cwd: ROOT, env, encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /\nLeft out:\n {2}packages\/sandbox\/sandbox.test.ts: There is no chromium: .*\nTo run them: apt-get install chromium\n$/,
    );
  });
});
