import { batchOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { load, resolver, viewer } from '../fields.ts';
import { buildSchema } from '../schema.ts';
import { selectionOf } from './selection.ts';

interface User {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
}
const users = batchOf<User>()({ service: 'users', path: '/users', rowKey: 'id', sparse: 'fields' });

const schema = buildSchema(
  `interface Any { user: User }
   type Thing implements Any { user: User }
   type Other implements Any { user: User }
   type User { id: ID email: String phone: String }
   type Query { any: Any me: User }`,
  {
    Any: { __resolveType: () => 'Thing' },
    Thing: { user: load(users, viewer) },
    Other: { user: load(users, viewer) },
    Query: { any: resolver({}, () => ({})), me: load(users, viewer) },
  },
);

function readsOf(text: string): readonly string[] | undefined {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return selectionOf(schema, document, operation).get(users);
}

test.each([
  ['{ me { email } }', ['email', 'id']],
  ['{ any { user { email } } me { id } }', ['email', 'id']],
  ['{ any { ... on Thing { user { email } } ... on Other { user { phone } } } }', ['email', 'id', 'phone']],
  ['{ any { ...F user { id } } } fragment F on Any { user { phone } }', ['id', 'phone']],
])('%s reads %j of a user', (text, reads) => {
  expect(readsOf(text)).toEqual(reads);
});
