import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { docstringsIn, reexportsOf } from '@facet/cli/internal/generate/reference/docstrings.ts';
import { HEADERS } from '@facet/cli/internal/generate/reference/headers.ts';
import { DEFAULT_IDENTITY_HEADER } from '@facet/cli/internal/identities.ts';
import { ErrorCode } from '@facet/server/internal/request/errors.ts';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SERVER = `${ROOT}packages/server/`;

test('every documented header occurs in the sources of the server', () => {
  const sources = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('dist/'))
    .map((path) => readFileSync(SERVER + path, 'utf8').toLowerCase())
    .join('\n');
  // The identity header is an option of each client, so the server names none.
  const names = HEADERS.filter(({ name }) => name !== DEFAULT_IDENTITY_HEADER).map(({ name }) => name.toLowerCase());
  expect(names.filter((name) => !sources.includes(`'${name}'`) && !sources.includes(`.${name}`))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('every error code is on its page', () => {
  const page = readFileSync(`${ROOT}docs/reference/errors.md`, 'utf8');
  expect(Object.values(ErrorCode).filter((code) => !page.includes(`| \`${code}\` `))).toEqual([]);
});

test('a docstring is its prose on one line, and its indented example', () => {
  const load = reexportsOf(`${SERVER}index`)
    .flatMap(docstringsIn)
    .find(({ name }) => name === 'load');
  expect(load?.name).toBe('load');
  expect(load?.text).toMatch(/^\S.*\.$/);
  expect(load?.text).not.toContain('\n');
  expect(load?.example.split('\n')).toContain("product: load(products, 'productId')");
});

test('an entry point leads to the files behind it', () => {
  const names = reexportsOf(`${SERVER}index`)
    .flatMap(docstringsIn)
    .map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['load', 'money', 'viewer', 'commaSeparated', 'defineBff']));
});
