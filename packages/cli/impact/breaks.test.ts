import { inBody } from '@facet/server/internal/downstream/id-style.ts';
import { envelope } from '@facet/server/internal/downstream/row-shape.ts';
import {
  always,
  arg,
  computed,
  connection,
  connectionFields,
  list,
  load,
  pageInfoFields,
  prop,
  resolver,
  viewer,
} from '@facet/server/internal/graphql/fields.ts';
import { buildSchema } from '@facet/server/internal/graphql/schema.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import type { Node } from './document.ts';
import { impactOf } from './service.ts';

interface Thing {
  readonly id: string;
  readonly size: { readonly width: number; readonly depth: number };
  readonly parent: Thing;
  readonly tags: readonly { readonly label: string }[];
}

const things = batchOf<Thing>()({
  service: 'library',
  path: '/things/search?tenant=one',
  ids: inBody('ids'),
  rowKey: 'id',
  rows: envelope('data.rows'),
});
const thingList = listOf<Thing>()({ service: 'library', path: '/things', params: ['limit', 'kind'], rowKey: 'id' });

const schema = buildSchema(
  `directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
   type Query {
     mine: Thing
     some(first: Int! = 10 @range(min: 1, max: 50)): [Thing]
     pages(first: Int! = 10 @range(min: 1, max: 50)): Pages
     width: Int
     size: Size
     label: Label
     byHand: Thing
     silent: Thing
   }
   type Pages { edges: [Edge]  pageInfo: Info! }
   type Edge { cursor: String  node: Thing }
   type Info { hasNextPage: Boolean!  hasPreviousPage: Boolean!  startCursor: String  endCursor: String }
   type Thing { id: ID  size: Size  area: Int  box: Size  parent: Thing  labels: [Label]  secret: Int
     weight: Float  depth: Int  kind: Kind }
   enum Kind { A B }
   type Size { width: Int  depth: Int }
   type Label { label: String }`,
  {
    Query: {
      mine: load(things, viewer),
      some: list(thingList, { limit: arg('first') }),
      pages: connection(thingList, { limit: arg('first'), kind: always('small') }),
      width: load(
        things,
        viewer,
        computed(['size'], ({ size }: Pick<Thing, 'size'>) => size.width),
      ),
      size: load(things, viewer, 'size'),
      byHand: resolver({ calls: [things] }, () => null),
    },
    Pages: connectionFields<Thing>(),
    Info: pageInfoFields,
    Thing: {
      area: computed(['size'], ({ size }: Pick<Thing, 'size'>) => size.width * size.depth),
      // What is made here is no property of a row.
      box: computed(['size'], ({ size }: Pick<Thing, 'size'>) => size),
      labels: prop('tags'),
      secret: () => 1,
    },
  },
);

const thing = (size: Node, more: Node = {}): Node => ({
  type: 'object',
  required: ['id', 'size'],
  properties: {
    id: { type: 'string' },
    size: { type: 'object', properties: size },
    parent: { $ref: '#/components/schemas/Thing' },
    tags: { type: 'array', items: { type: 'object', properties: { label: { type: 'string' } } } },
    ...more,
  },
});

const width = { type: 'integer' };
const rows = { type: 'array', items: { $ref: '#/components/schemas/Thing' } };

/** A service whose rows are these, and whose search answers them so. */
function document(row: Node, answer: Node = { data: { type: 'object', properties: { rows } } }, list: Node = {}): Node {
  const json = (schema: Node) => ({ 200: { description: '', content: { 'application/json': { schema } }, ...list } });
  return {
    openapi: '3.1.0',
    info: { title: 'library', version: '1' },
    paths: {
      '/things/search': { post: { responses: json({ type: 'object', properties: answer }) } },
      '/things': { get: { responses: json(rows), ...list } },
    },
    components: { schemas: { Thing: row } },
  };
}

const before = document(thing({ width, depth: width }));

/** What breaks: `Type.field by endpoint: screens`. */
function broken(after: Node, texts: Record<string, string> = {}, from = before): string[] {
  const screens = Object.entries(texts).map(([name, text]) => ({ name, document: parse(text) }));
  const impact = impactOf('library', from, after, [
    { name: 'tv', schema, screens, isOpen: false, identityHeader: 'X-Member-Id' },
  ]);
  const breaking = impact.broken.filter(({ change }) => change.level === 'breaking');
  const found = breaking.map(({ field, endpoint, screens }) => `${field} by ${endpoint.method}: ${screens.join()}`);
  return [...new Set(found)].sort();
}

test('a change inside a value breaks fields that read it, but not fields that pass it on', () => {
  const found = broken(document(thing({ width })), {
    Sizes: '{ mine { size { width } } }',
    Depths: '{ mine { size { depth } } }',
    Areas: '{ some { parent { parent { area } } } }',
    Widths: '{ width }',
    Loaded: '{ size { depth } }',
  });
  expect(found).toEqual([
    'Query.width by POST: Widths',
    'Size.depth by GET: ',
    'Size.depth by POST: Depths,Loaded',
    'Thing.area by GET: Areas',
    'Thing.area by POST: ',
    'Thing.box by GET: ',
    'Thing.box by POST: ',
  ]);
});

test('finds properties inside lists of rows', () => {
  const found = broken(
    document(thing({ width, depth: width }, { tags: { type: 'array', items: { type: 'object' } } })),
    {
      Labels: '{ pages { edges { node { labels { label } } } } }',
      Ids: '{ mine { id } }',
    },
  );
  expect(found).toEqual(['Label.label by GET: Labels', 'Label.label by POST: ']);
});

test('moved rows break only their endpoint', () => {
  const found = broken(document(thing({ width, depth: width }), { rows }), {
    Mine: '{ mine { id } }',
    Some: '{ some { id } }',
  });
  expect(found).toEqual([
    'Query.byHand by POST: ',
    'Query.mine by POST: Mine',
    'Query.size by POST: ',
    'Query.width by POST: ',
  ]);
});

test.each([
  ['X-Member-Id', []],
  ['X-Store-Id', ['Query.pages by GET: ']],
])('a required header %s breaks clients that send another identity header', (name, fields) => {
  const parameters = [{ name, in: 'header', required: true, schema: { type: 'string' } }];
  const after = document(thing({ width, depth: width }), undefined, { parameters });
  expect(broken(after).filter((field) => field.startsWith('Query.pages'))).toEqual(fields);
});

test('a removed Link header breaks only paged lists', () => {
  const headers = { Link: { schema: { type: 'string' } } };
  const row = thing({ width, depth: width });
  expect(broken(before, {}, document(row, undefined, { headers }))).toEqual(['Query.pages by GET: ']);
});

test('a changed parameter breaks the fields that send it', () => {
  const row = thing({ width, depth: width });
  const taking = (...parameters: Node[]) => document(row, undefined, { parameters });
  const limit = { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 50 } };
  const kind = { name: 'kind', in: 'query', schema: { type: 'string' } };
  const screens = {
    Few: '{ some(first: 5) { id } }',
    Default: '{ some { id } }',
    Any: 'query($first: Int!) { some(first: $first) { id } }',
    Pages: '{ pages(first: 5) { pageInfo { hasNextPage } } }',
  };
  expect(broken(taking(limit), screens, taking(limit, kind))).toEqual(['Query.pages by GET: Pages']);
  const lower = { ...limit, schema: { type: 'integer', maximum: 9 } };
  expect(broken(taking(lower, kind), screens, taking(limit, kind))).toEqual([
    'Query.pages by GET: ',
    'Query.some by GET: Default,Any',
  ]);
  const needed = { ...kind, required: true };
  expect(broken(taking(limit, needed), screens, taking(limit))).toEqual(['Query.some by GET: Few,Default,Any']);
});

test('a higher minimum breaks the fields that may send less', () => {
  const limit = { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 50 } };
  const row = thing({ width, depth: width });
  const higher = { ...limit, schema: { ...limit.schema, minimum: 5 } };
  const screens = {
    Few: '{ some(first: 4) { id } }',
    Enough: '{ some(first: 5) { id } }',
    Default: '{ some { id } }',
    Any: 'query($first: Int!) { some(first: $first) { id } }',
  };
  const after = document(row, undefined, { parameters: [higher] });
  expect(broken(after, screens, document(row, undefined, { parameters: [limit] }))).toEqual([
    'Query.pages by GET: ',
    'Query.some by GET: Few,Any',
  ]);
});

test('a batch breaks when its response may have fewer rows than keys are sent', () => {
  const upTo = (maxItems: number) =>
    document(thing({ width, depth: width }), {
      data: { type: 'object', properties: { rows: { ...rows, maxItems } } },
    });
  const screens = { Mine: '{ mine { id } }' };
  expect(broken(upTo(100), screens, upTo(200))).toEqual([]);
  // The screen sends one key.
  expect(broken(upTo(99), screens, upTo(200))).toEqual([
    'Query.byHand by POST: ',
    'Query.mine by POST: ',
    'Query.size by POST: ',
    'Query.width by POST: ',
  ]);
});

test('a new enum value breaks fields whose enum lacks it', () => {
  const kinds = (...values: string[]) =>
    document(thing({ width, depth: width }, { kind: { type: 'string', enum: values } }));
  const screens = { Kinds: '{ mine { kind } }' };
  expect(broken(kinds('A', 'B'), screens, kinds('A'))).toEqual([]);
  expect(broken(kinds('A', 'B', 'C'), screens, kinds('A'))).toEqual([
    'Thing.kind by GET: ',
    'Thing.kind by POST: Kinds',
  ]);
});

test('an integer beyond 32 bits breaks an Int but not a Float', () => {
  const numbers = (format: string) => {
    const number = { type: 'integer', format };
    return document(thing({ width, depth: width }, { weight: number, depth: number }));
  };
  const screens = { Weights: '{ mine { weight } }', Depths: '{ mine { depth } }' };
  expect(broken(numbers('int64'), screens, numbers('int32'))).toEqual([
    'Thing.depth by GET: ',
    'Thing.depth by POST: Depths',
  ]);
});

test('hand-written fields are reported separately', () => {
  const after = document(thing({ width }));
  const { handWritten } = impactOf('library', before, after, [
    { name: 'tv', schema, screens: [], isOpen: false, identityHeader: 'X-Member-Id' },
  ]);
  const fields = handWritten.map(({ field, endpoint }) => `${field} by ${endpoint.method}`);
  expect([...new Set(fields)].sort()).toEqual(['Query.byHand by POST', 'Thing.secret by GET', 'Thing.secret by POST']);
});

test.each<[string, Node | undefined, Node | undefined, Node]>([
  ['is new and required', undefined, { required: true }, { breaking: ['GET'], unclear: ['POST'] }],
  ['is new', undefined, {}, { unclear: ['POST'] }],
  ['is required', {}, { required: true }, { breaking: ['GET'] }],
  ['is gone', {}, undefined, { breaking: ['POST'] }],
  ['takes another property besides', {}, { properties: { kind: width } }, {}],
  ['needs another property', {}, { needed: ['kind'] }, { breaking: ['POST'] }],
  ['needs what is sent', {}, { needed: ['ids'] }, {}],
  ['takes fewer keys', {}, { most: 5 }, { breaking: ['POST'] }],
  ['takes fewer keys, by what stands beside a reference', {}, { beside: 5 }, { breaking: ['POST'] }],
  ['is something else', {}, { type: 'array' }, { breaking: ['POST'] }],
  ['takes no more properties', {}, { additionalProperties: false }, { unclear: ['POST'] }],
])('a body that %s affects calls with, or without, a body', (_, old, now, expected) => {
  const ids = (maxItems: unknown) => ({ type: 'array', items: { type: 'string' }, maxItems });
  const bodyOf = ({ required, needed, most, beside, properties, ...rest }: Node) => {
    const own = {
      type: 'object',
      ...rest,
      required: needed,
      properties: { ids: ids(most ?? 100), ...Object(properties) },
    };
    const schema = { $ref: '#/components/schemas/Body', ...(beside ? { properties: { ids: ids(beside) } } : {}) };
    return { own, body: { required: required === true, content: { 'application/json': { schema } } } };
  };
  const taking = (what: Node | undefined): Node => {
    const { paths, components, ...rest } = structuredClone(before) as ReturnType<typeof Object>;
    if (what) {
      const { own, body } = bodyOf(what);
      components.schemas.Body = JSON.parse(JSON.stringify(own));
      for (const item of [paths['/things/search'].post, paths['/things'].get]) item.requestBody = body;
    }
    return { ...rest, paths, components };
  };
  const impact = impactOf('library', taking(old), taking(now), [
    { name: 'tv', schema, screens: [], isOpen: false, identityHeader: 'X-Member-Id' },
  ]);
  const found: Record<string, string[]> = {};
  for (const { change, endpoint } of impact.broken) {
    found[change.level] = [...new Set([...(found[change.level] ?? []), endpoint.method])].sort();
  }
  expect(found).toEqual(expected);
});
