/** The derivation of a starter, from small documents with peculiar properties. */
import { defineServices, dictionary, envelope, inPath } from '@facet/server';
import { booksWith, rowsOfSchema, service } from '@facet/testing/internal/starter-input.ts';
import { describe, expect, test } from '@jest/globals';
import { costOfStart } from './cost.ts';
import { deriveStarter } from './derive.ts';
import { responseOf } from './example-rows.ts';
import type { Starter } from './model.ts';
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
    expect(types.find(({ name }) => name === 'Book')?.fields.map(({ name }) => name)).toEqual([
      'id',
      'book_id',
      'book',
      'sequelId',
      'deposit',
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
