/** The derivation of a starter, from small documents with peculiar properties. */
import { defineServices, dictionary, envelope, inPath } from '@facet/server';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { costOfStart } from './cost.ts';
import { deriveStarter, type ServiceInput } from './derive.ts';
import { responseOf } from './example-rows.ts';
import type { Field, NamedEndpoint, Starter } from './model.ts';
import { resolversOf } from './resolvers-template.ts';
import { mappersOf, rowsOf } from './rows-template.ts';
import { schemaOf } from './schema-template.ts';
import { screenOf } from './screen.ts';

const { batchOf, listOf } = defineServices({
  library: { url: 'http://localhost:9', document: { maxItems: { '/branches': { '': 3 } }, properties: {} } },
  shop: { url: 'http://localhost:9' },
});

interface Row {
  readonly id: string;
}

/** A service's input from its paths and schemas in YAML. */
function service(
  name: string,
  endpoints: Readonly<Record<string, NamedEndpoint['endpoint']>>,
  document: string,
  exports: readonly string[] = [],
): ServiceInput {
  return {
    service: name,
    document: parse(`openapi: 3.1.0\n${document}`),
    exports: new Set(exports),
    endpoints: Object.entries(endpoints).map(([key, endpoint]) => ({ service: name, name: key, endpoint })),
  };
}

const rowsOfSchema = (schema: string) =>
  `{ responses: { '200': { content: { application/json: { schema: ${schema} } } } } }`;

/** A document with a list of books and these properties of a book. */
const booksWith = (properties: string, required = 'id') => `
paths:
  /books: { get: ${rowsOfSchema("{ type: array, maxItems: 9, items: { $ref: '#/components/schemas/Book' } }")} }
components:
  schemas:
    Kind: { type: string, enum: [novel, poem] }
    Part: { type: object, required: [page], properties: { page: { type: integer } } }
    Book: { type: object, required: [${required}], properties: { id: { type: string }, ${properties} } }
`;

const bookList = () => ({
  ...listOf<Row>()({ service: 'library', path: '/books', rowKey: 'id', public: true }),
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

const LIBRARY = service(
  'library',
  {
    books: batchOf<Row>()({
      service: 'library',
      path: '/books/{id}',
      ids: inPath(),
      rows: envelope('data'),
      rowKey: 'id',
    }),
    bookList: listOf<Row>()({
      service: 'library',
      path: '/books',
      params: ['after', 'shelf', 'size'],
      limit: 'size',
      rows: envelope('data.items'),
      rowKey: 'id',
    }),
    branches: listOf<{ code: string }>()({ service: 'library', path: '/branches', rows: dictionary(), rowKey: 'code' }),
    loans: listOf<Row>()({ service: 'library', path: '/loans', params: ['until'], rowKey: 'id' }),
    events: listOf<Row>()({ service: 'library', path: '/events', rowKey: 'id' }),
    hidden: listOf<Row>()({ service: 'library', path: '/hidden', rowKey: 'id' }),
    secret: batchOf<Row>()({ service: 'library', path: '/secret', rowKey: 'id' }),
  },
  `
paths:
  /books:
    get:
      summary: 'All "books".'
      parameters:
        - { name: shelf, in: query, required: true, example: a-1, schema: { type: string } }
        - { name: size, in: query, schema: { type: integer, minimum: 2, maximum: 7 } }
        - { name: after, in: query, description: The last id., schema: { type: string } }
      responses:
        '200': { content: { application/json: { schema: { properties: { data: { properties: { items: { type: array, items: { $ref: '#/components/schemas/book' } } } } } } } } }
  /books/{key}:
    get: ${rowsOfSchema("{ properties: { data: { $ref: '#/components/schemas/book' } } }")}
  /branches:
    get: ${rowsOfSchema('{ type: object, additionalProperties: { type: object, required: [code], properties: { code: { type: string }, at: { type: object, properties: { street: { type: string } } } } } }')}
  /loans:
    get:
      parameters: [{ name: until, in: query, required: true, schema: { type: string } }]
      responses: { '200': { content: { application/json: { schema: { type: array, maxItems: 2, items: { $ref: '#/components/schemas/book' } } } } } }
  /events: { get: ${rowsOfSchema("{ type: array, items: { $ref: '#/components/schemas/book' } }")} }
  /secret:
    get:
      parameters: [{ name: ids, in: query, required: true }, { name: key, in: query, required: true }]
      responses: { '200': { content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/book' } } } } } }
components:
  schemas:
    Money: { type: object, properties: { cents: { type: integer } } }
    book:
      type: object
      required: [id]
      properties:
        id: { type: integer }
        book_id: { type: integer }
        sequelId: { type: integer }
        deposit: { $ref: '#/components/schemas/Money' }
`,
  ['Book'],
);

/** The branches are bounded by a fact of the registry; a dictionary has no maxItems. */
const STARTER = deriveStarter([LIBRARY]);

describe('an endpoint', () => {
  test('that lists rows is a section, with a bounded page size and required arguments', () => {
    expect(schemaOf(STARTER)).toContain(`type Start {
  "All \\"books\\". \`after\`: The last id."
  books(first: Int! = 5 @range(min: 2, max: 7), after: ID, shelf: String!): [Book!]
  branches: [Branch!]
}
`);
    expect(screenOf(STARTER)).toMatch(
      /^query Start\(\$first: Int! = 5, \$shelf: String!\) \{\n {2}start \{\n {4}books\(first: \$first, shelf: \$shelf\) \{\n/,
    );
    expect(costOfStart(STARTER)).toMatchObject({ calls: 2, waves: 1, rows: 10 });
  });

  test('that returns rows by key is a field of Query, and a relation behind a property of its name', () => {
    const { lookups, types } = STARTER;
    expect(lookups.map(({ name, type, endpoint }) => `${name}: ${type} of ${endpoint.name}`)).toEqual([
      'book: Book of books',
    ]);
    expect(types.find(({ name }) => name === 'Book')?.fields.map(textOf)).toEqual([
      'id: ID!',
      'book_id: ID',
      'book: Book by book_id',
      'sequelId: ID',
      'deposit: LibraryMoney',
    ]);
  });

  test('that a screen cannot call is left out, with the reason', () => {
    expect(STARTER.leftOut).toEqual([
      'hidden of library: the document has no rows for GET /hidden.',
      'loans of library: the document has no example for its required parameter until.',
      'events of library: it has neither a limit parameter nor maxItems in the document.',
      'secret of library: it requires the parameter key, which calls by key do not send.',
    ]);
  });

  test('of a service without a document is left out', () => {
    expect(deriveStarter([{ ...LIBRARY, document: undefined, endpoints: LIBRARY.endpoints.slice(0, 1) }])).toEqual({
      sections: [],
      lookups: [],
      types: [],
      enums: [],
      leftOut: ['books of library: there is no shared/library/openapi.yaml.'],
    });
  });

  test('is called by resolvers that name the rows behind them', () => {
    expect(resolversOf(STARTER)).toBe(`import { arg, list, load, type RequiredResolvers, screen } from '@facet/server';
import { bookList, books, branches } from '../../shared/library/endpoints.ts';
import type { Resolvers } from './schema.generated.ts';

export const resolvers = {
  Query: {
    start: screen(),
    book: load(books, arg('id')),
  },
  Start: {
    books: list(bookList, { size: arg('first'), after: arg('after'), shelf: arg('shelf') }),
    branches: list(branches),
  },
  Book: {
    book: load(books, 'book_id'),
  },
} satisfies RequiredResolvers<Resolvers>;
`);
    expect(mappersOf(STARTER)).toEqual([
      ['Book', '../../shared/library/rest.generated.ts#Book'],
      ['Branch', './rows.ts#Branch'],
      ['LibraryMoney', './rows.ts#LibraryMoney'],
      ['BranchAt', './rows.ts#BranchAt'],
    ]);
    expect(rowsOf(STARTER)).toContain(`export type Branch = RowOf<typeof branches>;

export type LibraryMoney = NonNullable<Book['deposit']>;

export type BranchAt = NonNullable<Branch['at']>;
`);
  });

  test('has example responses in its own shape', () => {
    const responses = STARTER.sections.map(({ endpoint: { endpoint } }) => responseOf(endpoint, { id: 1, code: 'x' }));
    expect(responses).toEqual([{ data: { items: [{ id: 1, code: 'x' }] } }, { x: { id: 1, code: 'x' } }]);
  });
});

describe('types of two services', () => {
  const list = (name: 'library' | 'shop') => ({
    ...listOf<Row>()({ service: name, path: '/books', rowKey: 'id' }),
    maxItems: { '': 9 },
  });
  const both = (other: string): Starter =>
    deriveStarter([
      service('library', { all: list('library') }, booksWith('a: { type: string }')),
      service('shop', { all: list('shop') }, booksWith(other)),
    ]);

  test('with the same name and content are one', () => {
    const { types, sections } = both('a: { type: string }');
    expect(types.map(({ name }) => name)).toEqual(['Book']);
    expect(sections.map(({ name, type }) => `${name}: ${type}`)).toEqual(['libraryAll: Book', 'shopAll: Book']);
  });

  test('with the same name and other content have different names', () => {
    expect(both('a: { type: integer }').types.map(({ name }) => name)).toEqual(['Book', 'ShopBook']);
  });
});

test('a project without endpoints gets a screen with a field of its own', () => {
  const empty = deriveStarter([]);
  expect(schemaOf(empty)).toBe(`type Query {
  "The first screen."
  start: Start!
}

type Start {
  "A field with a resolver of its own. Replace it by what the client shows."
  hello: String!
}
`);
  expect(screenOf(empty)).toBe('query Start {\n  start {\n    hello\n  }\n}\n');
  expect(resolversOf(empty)).toContain("hello: resolver({}, () => 'Hello'),");
  expect(costOfStart(empty)).toMatchObject({ calls: 0, waves: 0, rows: 0 });
});
