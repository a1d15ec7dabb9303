/** The types of rows, from a small document with peculiar properties. */
import { defineServices } from '@facet/server';
import { booksWith, service } from '@facet/testing/internal/starter-input.ts';
import { describe, expect, test } from '@jest/globals';
import { deriveStarter } from './derive.ts';
import type { Field } from './model.ts';

const { listOf } = defineServices({ library: { url: 'http://localhost:9' } });

const bookList = () => ({
  ...listOf<{ readonly id: string }>()({ service: 'library', path: '/books', rowKey: 'id', public: true }),
  maxItems: { '': 9 },
});

/** The type Book of a document with these properties, and what is left out. */
function bookOf(properties: string, required?: string) {
  const { types, enums, leftOut } = deriveStarter([
    service('library', { books: bookList() }, booksWith(properties, required), ['Book', 'Part']),
  ]);
  const fields = types.find(({ name }) => name === 'Book')?.fields ?? [];
  return { fields: fields.slice(1).map(textOf), types, enums, leftOut };
}

const textOf = (field: Field): string =>
  field.kind === 'money'
    ? `${field.name}: money(${field.cents}, ${field.currency})`
    : `${field.name}: ${field.type}${field.kind === 'relation' ? ` by ${field.property}` : ''}`;

describe('a property becomes a field', () => {
  test.each([
    ['a: { type: string }', 'a: String'],
    ['a: { type: integer }', 'a: Int'],
    ['a: { type: integer, format: int64 }', 'a: Float'],
    ['a: { type: integer, maximum: 3000000000 }', 'a: Float'],
    ['a: { type: number }', 'a: Float'],
    ['a: { type: boolean }', 'a: Boolean'],
    ['a: { type: string, format: date-time }', 'a: DateTime'],
    ['a: { type: string, format: date }', 'a: String'],
    ['a: { type: [string, "null"] }', 'a: String'],
    ['a: { anyOf: [{ type: integer }, { type: "null" }] }', 'a: Int'],
    ["a: { $ref: '#/components/schemas/Kind' }", 'a: Kind'],
    ['a: { type: string, enum: [x, y] }', 'a: BookA'],
    ['a: { type: string, enum: [x-1, y] }', 'a: String'],
    ['a: { type: string, enum: [true1, "true"] }', 'a: String'],
    ["a: { $ref: '#/components/schemas/Part' }", 'a: Part'],
    ["a: { allOf: [{ $ref: '#/components/schemas/Part' }] }", 'a: Part'],
    ['a: { type: object, properties: { b: { type: string } } }', 'a: BookA'],
    ['a: { type: array, maxItems: 2, items: { type: string } }', 'a: [String!]'],
    ['a: { type: array, maxItems: 2, items: { type: [string, "null"] } }', 'a: [String]'],
    ["a: { type: array, maxItems: 2, items: { $ref: '#/components/schemas/Book' } }", 'a: [Book!]'],
    ['shelfId: { type: integer }', 'shelfId: ID'],
    ['shelf_id: { type: string }', 'shelf_id: ID'],
    ['paid: { type: string }', 'paid: String'],
  ])('%s', (property, field) => {
    expect(bookOf(property)).toMatchObject({ fields: [field], leftOut: [] });
  });

  test('that is not null if the document requires it', () => {
    expect(bookOf('a: { type: string }, b: { type: [string, "null"] }', 'a, b').fields).toEqual([
      'a: String!',
      'b: String',
    ]);
  });

  test('of String for a date and time in a project without the scalar', () => {
    const input = service('library', { books: bookList() }, booksWith('a: { type: string, format: date-time }'));
    const { types } = deriveStarter([input], { hasDateTime: false });
    expect(types[0]?.fields.map(textOf)).toEqual(['id: ID!', 'a: String']);
  });
});

describe('a property is left out, with the reason', () => {
  test.each([
    ['sale-date: { type: string }', 'sale-date: its name is not valid in GraphQL'],
    ['__a: { type: string }', '__a: its name is not valid in GraphQL'],
    ['a: { type: object, additionalProperties: { type: number } }', 'a: a map has no GraphQL type'],
    ['a: { type: object }', 'a: an object without listed properties has no GraphQL type'],
    ['a: { oneOf: [{ type: string }, { type: number }] }', 'a: one of several types (oneOf) has no GraphQL type'],
    ['a: { type: [string, number] }', 'a: one of several types (string, number) has no GraphQL type'],
    ['a: {}', 'a: any value has no GraphQL type'],
    ['a: { type: string, writeOnly: true }', 'a: it is write-only'],
    ['a: { type: array, items: { type: string } }', 'a: the document has no maxItems for the array'],
    [
      'a: { type: array, maxItems: 2, items: { type: array, maxItems: 2, items: { type: string } } }',
      'a: an array of arrays has no bound',
    ],
  ])('%s', (property, reason) => {
    expect(bookOf(property)).toMatchObject({ fields: [], leftOut: [`Book.${reason}.`] });
  });

  test('with the type that it would be the only property of', () => {
    const { fields, leftOut, types } = bookOf(
      'a: { type: object, properties: { b: { type: object, properties: { c-d: { type: string } } } } }',
    );
    expect(fields).toEqual([]);
    expect(types.map(({ name }) => name)).toEqual(['Book']);
    expect(leftOut).toEqual([
      'BookAB.c-d: its name is not valid in GraphQL.',
      'BookAB: none of its properties has a GraphQL type.',
      'BookA: none of its properties has a GraphQL type.',
    ]);
  });
});

describe('an amount in minor units', () => {
  const amounts = 'totalCents: { type: integer }, unit_cents: { type: integer, format: int64 }';

  test('beside a currency is Money', () => {
    const { fields } = bookOf(`${amounts}, currency: { type: string }`, 'totalCents, unit_cents, currency');
    expect(fields).toEqual(['total: money(totalCents, currency)', 'unit: money(unit_cents, currency)']);
  });

  test.each([
    ['without a currency', amounts, 'totalCents, unit_cents', ['totalCents: Int!', 'unit_cents: Float!']],
    [
      'with an optional currency',
      'totalCents: { type: integer }, currency: { type: string }',
      'totalCents',
      ['totalCents: Int!', 'currency: String'],
    ],
    [
      'beside a property of the name',
      'totalCents: { type: integer }, total: { type: string }, currency: { type: string }',
      'totalCents, currency',
      ['totalCents: Int!', 'total: String', 'currency: String!'],
    ],
  ])('%s is a number', (_what, properties, required, fields) => {
    expect(bookOf(properties, required).fields).toEqual(fields);
  });
});
