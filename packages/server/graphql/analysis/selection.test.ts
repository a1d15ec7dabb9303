import { batchOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { load, resolver, viewer } from '../fields.ts';
import { buildSchema } from '../schema.ts';
import { selectionOf } from './selection.ts';

interface Member {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
}
const members = batchOf<Member>()({ service: 'members', path: '/members', rowKey: 'id', sparse: 'fields' });

const schema = buildSchema(
  `interface Any { member: Member }
   type Thing implements Any { member: Member }
   type Other implements Any { member: Member }
   type Member { id: ID email: String phone: String }
   type Query { any: Any me: Member }`,
  {
    Any: { __resolveType: () => 'Thing' },
    Thing: { member: load(members, viewer) },
    Other: { member: load(members, viewer) },
    Query: { any: resolver({}, () => ({})), me: load(members, viewer) },
  },
);

function readsOf(text: string): readonly string[] | undefined {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return selectionOf(schema, document, operation).get(members);
}

test.each([
  ['{ me { email } }', ['email', 'id']],
  ['{ any { member { email } } me { id } }', ['email', 'id']],
  ['{ any { ... on Thing { member { email } } ... on Other { member { phone } } } }', ['email', 'id', 'phone']],
  ['{ any { ...F member { id } } } fragment F on Any { member { phone } }', ['id', 'phone']],
])('%s reads %j of a member', (text, reads) => {
  expect(readsOf(text)).toEqual(reads);
});
