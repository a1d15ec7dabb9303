import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const { NODE_OPTIONS: _, ...env } = process.env;

test('npm run docs:api writes the API reference without warnings: each public export has a docstring', () => {
  const out = mkdtempSync(join(tmpdir(), 'facet-api-'));
  const args = ['node_modules/typedoc/bin/typedoc', '--out', out, '--logLevel', 'Warn'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
  expect({ status, printed: stdout + stderr }).toEqual({ status: 0, printed: '' });
  for (const page of ['functions/server.load.html', 'functions/cli.defineProject.html', 'interfaces/server.Bff.html']) {
    expect(existsSync(join(out, page))).toBe(true);
  }
}, 600_000);

test('each changeset names packages of the workspace, with a bump and a text', () => {
  const packages = readdirSync(`${ROOT}packages`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => JSON.parse(readFileSync(`${ROOT}packages/${name}/package.json`, 'utf8')).name);
  const names = readdirSync(`${ROOT}.changeset`).filter((file) => file.endsWith('.md') && file !== 'README.md');
  for (const name of names) {
    const text = readFileSync(`${ROOT}.changeset/${name}`, 'utf8');
    const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
    const bumps: Readonly<Record<string, string>> = parse(head);
    expect({ name, unknown: Object.keys(bumps).filter((one) => !packages.includes(one)) }).toEqual({
      name,
      unknown: [],
    });
    expect(Object.values(bumps).filter((bump) => !['major', 'minor', 'patch'].includes(bump))).toEqual([]);
    expect(Object.keys(bumps).length).toBeGreaterThan(0);
    expect(body.trim()).not.toBe('');
  }
});
