import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { inPath } from './id-style.ts';

const THIS_FILE = /^packages\/server\/downstream\/endpoint\.test\.ts:\d+:\d+: /;
const common = { service: 'users', rowKey: 'id' } as const;
type Row = { readonly id: string };

test.each<[string, () => unknown, string]>([
  [
    'without a slash',
    () => listOf<Row>()({ ...common, path: 'users' }),
    'does not start with a slash. Did you mean /users?',
  ],
  [
    'that is a URL',
    () => listOf<Row>()({ ...common, path: 'https://users.internal/users' }),
    'does not start with a slash. Did you mean /users?',
  ],
  ['with a space', () => listOf<Row>()({ ...common, path: '/a b' }), 'contains a space, a # or a backslash.'],
  [
    'without its key',
    () => batchOf<Row>()({ ...common, path: '/users', ids: inPath() }),
    'does not contain {id}, the placeholder of the key.',
  ],
  ['with braces', () => batchOf<Row>()({ ...common, path: '/users/{id}' }), 'With ids: inPath(), {id} is one.'],
  [
    'with braces, of a list',
    () => listOf<Row>()({ ...common, path: '/users/{x}' }),
    'contains braces that are no placeholder.',
  ],
])('a path %s is rejected with the location of its description', (_what, describe, problem) => {
  expect(describe).toThrow(THIS_FILE);
  expect(describe).toThrow(problem);
});
