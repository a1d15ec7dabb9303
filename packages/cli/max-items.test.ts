import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { maxItemsOf, propertiesOf } from './max-items.ts';

type Node = Readonly<Record<string, unknown>>;

type Answers = Readonly<Record<string, Node>>;

const REFERENCE = { $ref: '#/components/schemas/Tags' };
const rowOf = (properties: Node) => ({ type: 'object', properties });

/** A document whose path /things answers these schemas, by method. */
function written(answers: Answers, openapi = '3.1.0'): URL {
  const operations = Object.entries(answers).map(([method, schema]) => [
    method,
    { responses: { 200: { content: { 'application/json': { schema } } } } },
  ]);
  const path = `${mkdtempSync(`${tmpdir()}/facet-most-items-`)}/things.yaml`;
  const components = {
    schemas: { Tags: { type: 'array', maxItems: 9, items: text }, Row: rowOf({ tags: REFERENCE }) },
  };
  writeFileSync(path, stringify({ openapi, paths: { '/things': Object.fromEntries(operations) }, components }));
  return pathToFileURL(path);
}

const boundsOf = (answers: Answers, openapi?: string) => maxItemsOf(written(answers, openapi))['/things'];

const rows = (maxItems: number, tags: Node) => ({
  type: 'array',
  maxItems,
  items: { type: 'object', properties: { tags } },
});
const text = { type: 'string' };

test('lists bounds by property path', () => {
  expect(boundsOf({ get: rows(100, { type: 'array', maxItems: 5, items: text }) })).toEqual({ '': 100, tags: 5 });
});

test('uses the smallest bound of all allOf parts', () => {
  const parts = [
    { type: 'array', maxItems: 3, items: text },
    { type: 'array', maxItems: 7, items: text },
  ];
  expect(boundsOf({ get: rows(100, { allOf: parts }) })).toEqual({ '': 100, tags: 3 });
});

test('ignores the bound of a nested array', () => {
  const inner = { type: 'array', maxItems: 2, items: text };
  expect(boundsOf({ get: rows(100, { type: 'array', maxItems: 5, items: inner }) })).toEqual({ '': 100, tags: 5 });
  expect(boundsOf({ get: rows(100, { type: 'array', items: inner }) })).toEqual({ '': 100 });
});

test('uses the larger bound of GET and POST, and none if one has none', () => {
  const tags = (maxItems: number) => ({ type: 'array', maxItems, items: text });
  expect(boundsOf({ get: rows(100, tags(5)), post: rows(50, tags(9)) })).toEqual({ '': 100, tags: 9 });
  expect(boundsOf({ get: rows(100, tags(5)), post: rows(50, text) })).toEqual({ '': 100 });
});

test('applies keywords next to a $ref, except in OpenAPI 3.0', () => {
  const tags = { get: rows(100, { ...REFERENCE, maxItems: 3 }) };
  expect(boundsOf(tags)).toEqual({ '': 100, tags: 3 });
  expect(boundsOf(tags, '3.0.3')).toEqual({ '': 100, tags: 9 });
  const items = { $ref: '#/components/schemas/Row', properties: { tags: { maxItems: 4 }, more: text } };
  const nested = { get: { type: 'array', maxItems: 100, items } };
  expect(boundsOf(nested)).toEqual({ '': 100, tags: 4 });
  expect(propertiesOf(written(nested))['/things']).toEqual({ '': ['more', 'tags'] });
  expect(propertiesOf(written(nested, '3.0.3'))['/things']).toEqual({ '': ['tags'] });
});
