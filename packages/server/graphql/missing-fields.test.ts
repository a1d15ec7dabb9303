import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { bookList, books, readings } from '@facet/testing/internal/fixture/shared/library/endpoints.ts';
import { loans, viewerLoans } from '@facet/testing/internal/fixture/shared/loans/endpoints.ts';
import { members } from '@facet/testing/internal/fixture/shared/members/endpoints.ts';
import { describe, expect, test } from '@jest/globals';
import { defineServices } from '../downstream/endpoint.ts';
import {
  arg,
  connection,
  connectionFields,
  list,
  load,
  money,
  page,
  pageInfoFields,
  prop,
  resolver,
  screen,
  viewer,
} from './fields.ts';
import { type ResolverMap, readSchema, SchemaError } from './schema.ts';

const folder = mkdtempSync(`${tmpdir()}/facet-schema-`);

/** The problems of a schema in a file, without the file's directory. */
function problemsOf(sdl: string, resolvers: ResolverMap): string[] {
  const path = `${folder}/tv.graphql`;
  writeFileSync(path, sdl);
  try {
    readSchema(path, resolvers);
    return [];
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return error.message.split('\n').map((line) => line.replace(`${folder}/`, ''));
  }
}

describe('a schema with problems', () => {
  test.each([
    [
      'a type that is not there',
      'type Query { a: Strong! }',
      ['tv.graphql:1:17: Unknown type "Strong". Did you mean "String"?'],
    ],
    [
      'several',
      'type Query {\n  a: Strong!\n  b(x: Int @rang): Int\n}\ntype A { x: Int }\ntype A { y: Int }',
      [
        'tv.graphql:2:6: Unknown type "Strong". Did you mean "String"?',
        'tv.graphql:3:12: Unknown directive "@rang".',
        'tv.graphql:5:6: There can be only one type named "A".',
      ],
    ],
    ['a syntax error', 'type Query {\n  a Int\n}', ['tv.graphql:2:5: Syntax Error: Expected ":", found Name "Int".']],
    ['no root type', 'type A { x: Int }', ['tv.graphql:1:1: Query root type must be provided.']],
    [
      'an interface that is not kept to',
      'type Query { a: A }\ninterface N { id: ID! }\ntype A implements N {\n  x: Int\n}',
      ['tv.graphql:2:15: Interface field N.id expected but A does not provide it.'],
    ],
    ['an empty file', '', ['tv.graphql:1:1: Syntax Error: Unexpected <EOF>.']],
  ])('%s', (_what, sdl, problems) => {
    expect(problemsOf(sdl, {}).sort()).toEqual(problems);
  });

  test('a missing file', () => {
    expect(() => readSchema(`${folder}/none.graphql`, {})).toThrow('/none.graphql is missing');
  });
});

describe('resolvers without a field', () => {
  const sdl = 'type Query {\n  home: Home!\n}\n\ntype Home {\n  greeting: String\n}\n\nunion Any = Home\n';

  test('are all reported, with suggestions', () => {
    const any = { __resolveType: () => 'Home' };
    const resolvers = {
      Query: { home: screen() },
      Hom: { a: prop('a') },
      Home: { greting: prop('a'), greeting: 'Hi' },
      Any: any,
    };
    expect(problemsOf(sdl, resolvers)).toEqual([
      'tv.graphql:1:1: There is no type Hom, and Hom.a has a resolver. Did you mean Home?',
      'tv.graphql:5:6: Home has no field greting, and Home.greting has a resolver. Did you mean greeting?',
      'tv.graphql:5:6: The resolver of Home.greeting is not a function or an object with resolve.',
    ]);
    expect(problemsOf(sdl, { Query: { home: screen() }, Home: { toString: prop('a'), greeting: prop('a') } })).toEqual([
      'tv.graphql:5:6: Home has no field toString, and Home.toString has a resolver.',
      'tv.graphql:9:7: Any has no resolver __resolveType.',
    ]);
  });
});

describe('a field that nothing resolves', () => {
  test('is a field of a root type without a resolver', () => {
    expect(
      problemsOf('type Query {\n  a: Int\n  b: Int\n}\n\ntype Mutation {\n  c: Int\n}', { Query: { a: () => 1 } }),
    ).toEqual([
      'tv.graphql:3:3: Query.b has no resolver, and its object has no property b. Add it to the resolvers.',
      'tv.graphql:7:3: Mutation.c has no resolver, and its object has no property c. Add it to the resolvers.',
    ]);
  });

  test('is a field of a screen, a row, a part of a row, money, a page or an edge without a property', () => {
    const sdl = `
      type Query { home: Home!  node: Thing  reviews: Reviews  all: Books! }
      type Home { me: Member  loans: [Loan!]  street: Address  nothing: Int }
      type Member { firstname: String }
      type Loan { fee: Money!  items: [Item!]!  pickupAddress: Address  state: String }
      type Item { bookId: ID!  amount: Int }
      type Address { city: String  zip: String }
      type Money { amount: Float!  formated: String! }
      type Thing { whatever: String }
      type Reviews { rows: [Reading!]  hasNext: Boolean!  count: Int }
      type Reading { id: ID!  name: String }
      type Books { edges: [Edge!]  pageInfo: PageInfo!  total: Int }
      type Edge { node: Book!  cursor: String!  weight: Int }
      type PageInfo { hasNextPage: Boolean!  size: Int }
      type Book { id: ID!  title: String }
    `;
    const resolvers = {
      Query: {
        home: screen(),
        node: resolver({ calls: [books] }, () => ({})),
        reviews: page(readings),
        all: connection(bookList, { limit: arg('first') }),
      },
      Home: { me: load(members, viewer), loans: list(viewerLoans), street: load(members, viewer, 'address') },
      Loan: { fee: money('feeCents', 'currency') },
      Books: connectionFields(),
      PageInfo: { hasNextPage: pageInfoFields.hasNextPage },
    };
    const fields = problemsOf(sdl, resolvers).map((line) => line.replace(/^tv\.graphql:\d+:\d+: /, ''));
    expect(fields.sort()).toEqual(
      [
        'Home.nothing has no resolver, and its object has no property nothing. Add it to the resolvers.',
        'Member.firstname has no resolver, and GET /members?ids of members has no property firstname. Did you mean firstName?',
        'Loan.state has no resolver, and GET /loans of loans has no property state. Did you mean status?',
        'Item.amount has no resolver, and GET /loans of loans (items) has no property amount. Add it to the resolvers.',
        'Address.zip has no resolver, and GET /members?ids of members (address) has no property zip. Add it to the resolvers.',
        'Money.formated has no resolver, and its object has no property formated. Did you mean formatted?',
        'Reviews.count has no resolver, and its object has no property count. Add it to the resolvers.',
        'Reading.name has no resolver, and GET /readings of library has no property name. Add it to the resolvers.',
        'Books.total has no resolver, and its object has no property total. Add it to the resolvers.',
        'Edge.weight has no resolver, and its object has no property weight. Add it to the resolvers.',
        'PageInfo.size has no resolver, and its object has no property size. Add it to the resolvers.',
        'Book.title has no resolver, and GET /books of library has no property title. Add it to the resolvers.',
      ].sort(),
    );
  });

  test('is found in a recursive row, without end', () => {
    const properties = { '/parts': { '': ['id', 'next'] } };
    const { batchOf } = defineServices({
      parts: { url: 'http://localhost:9', document: { maxItems: {}, properties } },
    });
    const parts = batchOf<{ id: string }>()({ service: 'parts', path: '/parts', rowKey: 'id' });
    const sdl = 'type Query { part(id: ID!): Part }\ntype Part { id: ID!  next: Part  weight: Int }';
    expect(problemsOf(sdl, { Query: { part: load(parts, arg('id')) } })).toEqual([
      'tv.graphql:2:34: Part.weight has no resolver, and GET /parts?ids of parts has no property weight. Add it to the resolvers.',
    ]);
  });

  test('is not reported below an ordinary resolver', () => {
    const sdl = 'type Query { a: A  b: B }\ntype A { x: Int  b: B }\ntype B { y: Int }';
    expect(problemsOf(sdl, { Query: { a: () => ({}), b: resolver({ calls: [loans] }, () => ({})) } })).toEqual([]);
  });

  test('is not reported while types are generated', () => {
    writeFileSync(`${folder}/tv.graphql`, 'type Query { a: Int }');
    expect(() => readSchema(`${folder}/tv.graphql`, {}, { isUnfinished: true })).not.toThrow();
  });
});
