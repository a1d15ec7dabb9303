import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { inPath } from './id-style.ts';

const THIS_FILE = /^packages\/server\/downstream\/endpoint\.test\.ts:\d+:\d+: /;
const common = { service: 'members', rowKey: 'id' } as const;
type Row = { readonly id: string };

test.each<[string, () => unknown, string]>([
  [
    'without a slash',
    () => listOf<Row>()({ ...common, path: 'members' }),
    'does not start with a slash. Did you mean /members?',
  ],
  [
    'that is a URL',
    () => listOf<Row>()({ ...common, path: 'https://members.internal/members' }),
    'does not start with a slash. Did you mean /members?',
  ],
  ['with a space', () => listOf<Row>()({ ...common, path: '/a b' }), 'contains a space, a # or a backslash.'],
  [
    'without its key',
    () => batchOf<Row>()({ ...common, path: '/members', ids: inPath() }),
    'does not contain {id}, the placeholder of the key.',
  ],
  ['with braces', () => batchOf<Row>()({ ...common, path: '/members/{id}' }), 'With ids: inPath(), {id} is one.'],
  [
    'with braces, of a list',
    () => listOf<Row>()({ ...common, path: '/members/{x}' }),
    'contains braces that are no placeholder.',
  ],
])('a path %s is rejected with the location of its description', (_what, describe, problem) => {
  expect(describe).toThrow(THIS_FILE);
  expect(describe).toThrow(problem);
});
