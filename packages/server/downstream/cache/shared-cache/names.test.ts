import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import type { BatchEndpoint, Description } from '../../endpoint.ts';
import { commaSeparated, inBody, inPath, repeated } from '../../id-style.ts';
import { dictionary, envelope } from '../../row-shape.ts';
import { createNames } from './names.ts';

interface Thing {
  readonly id: string;
  readonly sku: string;
}

const services = { library: { url: 'http://library' }, loans: { url: 'http://loans' } };
const common = { service: 'library', path: '/things', rowKey: 'id' } as const;

const things = (changes: Partial<Parameters<ReturnType<typeof batchOf<Thing>>>[0]> = {}): BatchEndpoint<Thing> =>
  batchOf<Thing>()({ ...common, public: true, ...changes });

const nameOf = (endpoint: Description, properties?: string[], prefix?: string, urls = services) =>
  createNames(urls, prefix)(endpoint, properties)('a');

test('a name contains the format, the service and the key', () => {
  expect(nameOf(things())).toMatch(/^facet:3:library:[\w-]{16}:a$/);
});

test('a name begins with the prefix, if there is one', () => {
  expect(nameOf(things(), undefined, 'staging')).toBe(`staging:${nameOf(things())}`);
});

test('everything that changes the call or the reading of its response changes the name', () => {
  const names = [
    nameOf(things()),
    nameOf(things(), ['id']),
    nameOf(things(), ['id', 'sku']),
    nameOf(things(), undefined, undefined, { ...services, library: { url: 'http://library.test' } }),
    nameOf(things({ service: 'loans' })),
    nameOf(things({ path: '/other' })),
    nameOf(things({ rowKey: 'sku' })),
    nameOf(things({ sparse: 'fields' })),
    nameOf(things({ sparse: 'only' })),
    nameOf(things({ ids: repeated('ids') })),
    nameOf(things({ ids: inBody('ids') })),
    nameOf(things({ path: '/things/{id}', ids: inPath() })),
    nameOf(things({ rows: envelope('data') })),
    nameOf(things({ rows: dictionary() })),
    nameOf(things({ rows: dictionary('data') })),
    nameOf(listOf<Thing>()({ ...common, public: true })),
    nameOf(listOf<Thing>()({ ...common, public: true, params: ['limit'] })),
    nameOf(listOf<Thing>()({ ...common, public: true, rows: dictionary() })),
  ];
  expect(new Set(names).size).toBe(names.length);
});

test('other differences do not change the name', () => {
  const same = [
    things({ ids: commaSeparated('ids') }),
    things({ rows: envelope('') }),
    things({ maxBatch: 7 }),
    things({ hedge: true, timeoutMs: 7 }),
  ];
  for (const endpoint of same) expect(nameOf(endpoint)).toBe(nameOf(things()));
});
