import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { inPath } from './id-style.ts';

const THIS_FILE = /^packages\/server\/downstream\/endpoint\.test\.ts:\d+:\d+: /;
const common = { service: 'users', rowKey: 'id' } as const;
type Row = { readonly id: string };

test.each<[string, () => unknown, string]>([
  ['without a slash', () => listOf<Row>()({ ...common, path: 'users' }), 'begins with no slash. Did you mean /users?'],
  [
    'that is a URL',
    () => listOf<Row>()({ ...common, path: 'https://users.internal/users' }),
    'begins with no slash. Did you mean /users?',
  ],
  ['with a space', () => listOf<Row>()({ ...common, path: '/a b' }), 'has a space, a # or a backslash in it.'],
  ['without its key', () => batchOf<Row>()({ ...common, path: '/users', ids: inPath() }), 'has no {id} in it'],
  ['with braces', () => batchOf<Row>()({ ...common, path: '/users/{id}' }), 'ids: inPath() fills {id}.'],
  ['with braces, of a list', () => listOf<Row>()({ ...common, path: '/users/{x}' }), 'nothing fills them.'],
])('a path %s is refused, with the place of its description', (_what, describe, problem) => {
  expect(describe).toThrow(THIS_FILE);
  expect(describe).toThrow(problem);
});
