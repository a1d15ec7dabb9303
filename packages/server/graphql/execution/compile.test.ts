import { expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { buildSchema } from '../schema.ts';
import { compileOperation } from './compile.ts';

const schema = buildSchema(
  `type Query { a: Box  b(n: Int): Int  list: [Box]  node: Node  size: Size  sized(size: Size): Int  colour(is: Colour): Colour  typed: Typed }
   type Box { a: Int  b: Int }  interface Node { id: ID }  type Typed { a: Int }  enum Size { BIG }  enum Colour { RED }`,
  { Node: { __resolveType: () => 'Box' }, Size: { BIG: 10 }, Typed: { __isTypeOf: () => true } },
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
  'query($is: Colour) { colour(is: RED) b: colour(is: $is) }',
  'query($x: Boolean!) { a @include(if: $x) { a } b }',
])('graphql-jit executes %s', (text) => {
  expect(isCompiled(text)).toBe(true);
});

test.each([
  'query($x: Boolean!) { a { ...F } b @include(if: $x) } fragment F on Box { a }',
  'query($x: Boolean!) { a { ... on Box { a @skip(if: $x) } } }',
  'query($x: Boolean!) { a { a } a @include(if: $x) { b } }',
  '{ node { id } }',
  '{ size }',
  '{ b(n: 1) sized(size: BIG) }',
  'query($size: Size) { sized(size: $size) }',
  '{ typed { a } }',
  '{ a { some_key: a } }',
  '{ constructor: b }',
  '{ __schema { description } }',
])('graphql-js executes %s', (text) => {
  expect(isCompiled(text)).toBe(false);
});
