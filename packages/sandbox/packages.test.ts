import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { buildIfStale } from './build-if-stale.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

beforeAll(buildIfStale, 120_000);

test('packages.json lists the packages of the page and its workers, with the versions in the lock file', () => {
  const told: string[] = JSON.parse(readFileSync(`${ROOT}packages/sandbox/dist/packages.json`, 'utf8'));
  const names = told.map((one) => one.replace(/@[^@]*$/, ''));
  expect(names).toEqual(
    expect.arrayContaining(['react', 'react-dom', 'graphiql', 'monaco-editor', 'graphql-language-service']),
  );
  const { packages }: { packages: Record<string, { version: string }> } = JSON.parse(
    readFileSync(`${ROOT}package-lock.json`, 'utf8'),
  );
  const locked = new Set(
    Object.entries(packages).map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`),
  );
  expect(told.filter((one) => !locked.has(one))).toEqual([]);
});
