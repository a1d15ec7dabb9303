import { expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { buildSchema } from '../schema.ts';
import { compileOperation } from './compile.ts';

const schema = buildSchema(
  'type Query { a: Box  b(n: Int): Int  list: [Box]  node: Node }  type Box { a: Int  b: Int }  interface Node { id: ID }',
  { Node: { __resolveType: () => 'Box' } },
);

function isCompiled(text: string): boolean {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return compileOperation(schema, document, operation) !== undefined;
}

test.each([
  '{ a { a } b(n: 1) list { b } }',
  'query($n: Int) { b(n: $n) }',
  '{ a { ...F } } fragment F on Box { a }',
  '{ a { ... on Box { a } } }',
  '{ a { a } a { b } }',
  'query($x: Boolean!) { a @include(if: $x) { a } b }',
])('graphql-jit runs %s', (text) => {
  expect(isCompiled(text)).toBe(true);
});

test.each([
  'query($x: Boolean!) { a { ...F } b @include(if: $x) } fragment F on Box { a }',
  'query($x: Boolean!) { a { ... on Box { a @skip(if: $x) } } }',
  'query($x: Boolean!) { a { a } a @include(if: $x) { b } }',
  '{ node { id } }',
  '{ a { some_key: a } }',
  '{ constructor: b }',
  '{ __schema { description } }',
])('graphql-js runs %s', (text) => {
  expect(isCompiled(text)).toBe(false);
});
