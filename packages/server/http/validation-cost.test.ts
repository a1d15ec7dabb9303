import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, type DocumentNode, getIntrospectionQuery, parse, validate, visit } from 'graphql';
import { MAX_VALIDATION_COST, validationCost } from './documents/validation-cost.ts';

const schema = buildSchema('type Query { a(x: Int): Query b: Query c: Query d: Int }');
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

/** How often validation looks at the name, alias or arguments of a field or fragment of a document. */
function workOf(document: DocumentNode): number {
  let reads = 0;
  visit(document, {
    enter(node) {
      for (const property of ['name', 'alias', 'arguments', 'selectionSet'] as const) {
        if (!(property in node)) continue;
        const { [property]: value } = node as unknown as Record<string, unknown>;
        Object.defineProperty(node, property, {
          enumerable: true,
          get: () => {
            reads += 1;
            return value;
          },
        });
      }
    },
  });
  validate(schema, document);
  return reads;
}

/** Reads for each unit of cost, at most, beside those that every document takes. */
const READS_PER_UNIT = 15;
const READS_OF_ANY = 100;

describe('a document that costs too much to validate', () => {
  test.each([
    ['one field 240 times', `{ ${'d '.repeat(240)} }`],
    ['one field with arguments', `{ ${many(100, () => 'a(x: 1) { d }')} }`],
    ['one field by inline fragments', `{ ${many(150, () => '... { d }')} }`],
    [
      'one field in fragments',
      `{ ${many(90, (n) => `...F${n}`)} } ${many(90, (n) => `fragment F${n} on Query { d }`)}`,
    ],
    ['one field below another', `{ ${many(10, () => `a { ${'d '.repeat(20)} }`)} }`],
    ['one field in a fragment and beside it', `{ ...F ${'d '.repeat(80)} } fragment F on Query { ${'d '.repeat(80)} }`],
    ['one field in a fragment that nothing spreads', `{ d } fragment F on Query { ${'d '.repeat(240)} }`],
    [
      'many operations with one fragment',
      `${many(90, (n) => `query Q${n} { ...F }`)} fragment F on Query { ${many(60, (n) => `d${n}: d`)} }`,
    ],
    ['a chain of fragments', `{ ...F0 } ${many(90, (n) => `fragment F${n} on Query { d ...F${n + 1} }`)}`],
    [
      'fragments that double at every level',
      `{ ...F0 } ${many(40, (n) => `fragment F${n} on Query { a { ...F${n + 1} } b { ...F${n + 1} } }`)}`,
    ],
  ])('%s', (_what, text) => {
    const document = parse(text, { maxTokens: 1_000 });
    expect(validationCost(document)).toBeGreaterThan(MAX_VALIDATION_COST);
  });
});

test.each([
  ['the introspection query', getIntrospectionQuery()],
  ['as many different fields as there may be tokens', `{ ${many(300, (n) => `d${n}: d`)} }`],
  [
    'a field that every fragment of a screen selects',
    `{ ${many(30, (n) => `...F${n}`)} } ${many(30, (n) => `fragment F${n} on Query { d b { d } }`)}`,
  ],
  ['a fragment in itself', '{ ...A } fragment A on Query { a { ...A } b { ...B } } fragment B on Query { c { ...A } }'],
  ['a fragment that is not there', '{ ...A }'],
])('%s is validated', (_what, text) => {
  expect(validationCost(parse(text, { maxTokens: 1_000 }))).toBeLessThanOrEqual(MAX_VALIDATION_COST);
});

test('the cost is that of the nodes and of the pairs that are compared', () => {
  expect(validationCost(parse('{ a b c }'))).toBe(3);
  expect(validationCost(parse('{ d d d d }'))).toBe(4 + 6);
  expect(validationCost(parse('{ a(x: 1) @skip(if: true) { d } }'))).toBe(1 + 1 + 1 + 1);
  // Two fields, one pair; below them three fields, of which two have one name.
  expect(validationCost(parse('{ a { d } a { d b } }'))).toBe(2 + 1 + 3 + 1);
  // The operation with its fragment, and the fragment by itself.
  expect(validationCost(parse('{ ...F d } fragment F on Query { d }'))).toBe(2 + 1 + 1 + 1);
});

test.each([
  ['fields', (count: number) => `{ ${'d '.repeat(count)} }`],
  ['fields with selections', (count: number) => `{ ${'a(x: 1) { d } '.repeat(count)} }`],
  [
    'fragments',
    (count: number) => `{ ${many(count, (n) => `...F${n}`)} } ${many(count, (n) => `fragment F${n} on Query { d }`)}`,
  ],
])('validation takes no more work than the bound says, however many %s there are', (_what, textOf) => {
  for (const count of [5, 20, 80, 160]) {
    const cost = validationCost(parse(textOf(count)), 1_000_000);
    expect(workOf(parse(textOf(count)))).toBeLessThanOrEqual(READS_OF_ANY + READS_PER_UNIT * cost);
  }
});

test('the bound stops where it is passed', () => {
  const document = parse(`{ ${'d '.repeat(100_000)} }`);
  expect(validationCost(document, 50)).toBe(51);
});

/** Selections of at most four levels over few names, so that many of them meet. */
const { selections } = fc.letrec<{ selections: string; field: string }>((tie) => ({
  selections: fc.array(tie('field'), { minLength: 1, maxLength: 6 }).map((fields) => fields.join(' ')),
  field: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('d', 'x: d', '...F0', '...F1', '...F2'),
    fc
      .tuple(fc.constantFrom('a', 'b', 'a(x: 1)', 'c', '...'), tie('selections'))
      .map(([name, below]) => `${name} { ${below} }`),
  ),
}));

test('validation takes no more work than the bound says, whatever the document', () => {
  fc.assert(
    fc.property(fc.array(selections, { minLength: 4, maxLength: 4 }), ([main = 'd', ...fragments]) => {
      const text = `{ ${main} } ${fragments.map((below, n) => `fragment F${n} on Query { ${below} }`).join(' ')}`;
      const cost = validationCost(parse(text), 1_000_000);
      expect(workOf(parse(text))).toBeLessThanOrEqual(READS_OF_ANY + READS_PER_UNIT * cost);
    }),
    { numRuns: 300 },
  );
});
