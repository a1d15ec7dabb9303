import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { INVALID_KEYS, ODD_KEYS } from '@facet/testing/internal/odd-keys.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { inPath, repeated } from '../downstream/id-style.ts';
import { parseExactly } from '../request/exact-json.ts';
import { createLog } from '../telemetry/log.ts';
import { createEngine } from './execute.ts';
import {
  amount,
  arg,
  connection,
  connectionFields,
  fromCursor,
  list,
  load,
  money,
  nodeId,
  pageInfoFields,
  parent,
  prop,
  text,
} from './fields.ts';
import { buildSchema } from './schema.ts';

interface Item {
  readonly id: string;
  readonly bookId: string;
  readonly cents: number;
  readonly currency: string;
}
interface Book {
  readonly id: string;
  readonly name: string;
}

const common = { service: 'library', rowKey: 'id' } as const;
const items = listOf<Item>()({ ...common, path: '/items', params: ['after', 'owner'] });
const books = batchOf<Book>()({ ...common, path: '/books' });
const byRepeated = batchOf<Book>()({ ...common, path: '/books', ids: repeated('id') });
const byPath = batchOf<Book>()({ ...common, path: '/books/{id}', ids: inPath() });

const schema = buildSchema(
  `type Query {
    items(after: String, owner: String): [Item!]
    connection(after: ID): Items
    book(id: ID!): Book
  }
  type Items { edges: [Edge!] pageInfo: Info! }
  type Edge { cursor: ID! node: Item! }
  type Info { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: ID endCursor: ID }
  type Money { amount: Float! currency: String! formatted: String! }
  type Item {
    id: ID! bookId: ID globalId: ID label: String int: Int float: Float text: String amount: Float money: Money
    book: Book repeated: Book path: Book owned: [Item!]
  }
  type Book { id: ID! name: String }`,
  {
    Query: {
      items: list(items, { after: arg('after'), owner: arg('owner') }),
      connection: connection(items, { after: fromCursor(arg('after')) }),
      book: load(books, arg('id')),
    },
    Items: connectionFields<Item>(),
    Info: pageInfoFields,
    Item: {
      globalId: nodeId('Item', 'id'),
      label: text('no. {bookId}'),
      int: prop('cents'),
      float: prop('cents'),
      text: prop('cents'),
      amount: amount('cents', 'currency'),
      money: money('cents', 'currency'),
      book: load(books, 'bookId'),
      repeated: load(byRepeated, 'bookId'),
      path: load(byPath, 'bookId'),
      owned: list(items, { owner: parent('bookId') }),
    },
  },
);

/** The service's items as JSON. It has books of every id except those that begin with "unknown". */
let itemsJson = '[]';
let service: LocalService;
let fetcher: ReturnType<typeof fetcherFor>;

beforeAll(async () => {
  service = await startLocalService(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://service');
    response.writeHead(200, { 'content-type': 'application/json' });
    if (pathname === '/items') return response.end(searchParams.has('owner') ? '[]' : itemsJson);
    const ids = searchParams.get('ids')?.split(',') ?? searchParams.getAll('id');
    const rows = ids.filter((id) => !id.startsWith('unknown')).map(rowText);
    return response.end(
      pathname === '/books' ? `[${rows}]` : rowText(decodeURIComponent(pathname.slice('/books/'.length))),
    );
  });
  fetcher = fetcherFor(service.url);
});
afterAll(async () => {
  await fetcher[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});
beforeEach(() => {
  service.arrived.length = 0;
});

/** Ids of digits only are numbers. */
function rowText(id: string): string {
  return `{"id":${/^-?[1-9]\d*$/.test(id) ? id : JSON.stringify(id)},"name":${JSON.stringify(`book ${id}`)}}`;
}

/** Runs an operation twice, once with each executor. */
async function run(query: string, variables: Record<string, unknown> = {}) {
  const engine = createEngine(schema, fetcher.rows, createLog('test', 'silent'));
  const document = parse(query);
  const runOnce = () => engine.execute({ document, operationName: undefined, variables }, requestContext());
  const first = await runOnce();
  expect(JSON.stringify(await runOnce())).toBe(JSON.stringify(first));
  return JSON.parse(JSON.stringify(first));
}

const urls = () => [...new Set(service.arrived.map(({ url }) => url))];
const item = (fields: string) => `[{"id":"i",${fields}}]`;

describe('an integer beyond 2^53', () => {
  const BIG = '9007199254740993';
  const number = item(`"bookId":${BIG},"cents":${BIG},"currency":"USD"`);

  test('is the key of its row', async () => {
    itemsJson = number;
    const { data, errors } = await run('{ items { bookId label book { id name } repeated { id } path { id } } }');
    expect(errors).toBeUndefined();
    const book = { id: BIG, name: `book ${BIG}` };
    expect(data.items).toEqual([{ bookId: BIG, label: `no. ${BIG}`, book, repeated: { id: BIG }, path: { id: BIG } }]);
    expect(urls()).toEqual(['/items', `/books?ids=${BIG}`, `/books?id=${BIG}`, `/books/${BIG}`]);
  });

  test('keeps all digits as a cursor, a global id and a parameter', async () => {
    itemsJson = `[{"id":${BIG},"bookId":${BIG}}]`;
    const { data } = await run(
      '{ items { globalId owned { id } } connection { edges { cursor } pageInfo { endCursor } } }',
    );
    const cursor = Buffer.from(`cursor:${BIG}`).toString('base64url');
    expect(data.items[0].globalId).toBe(Buffer.from(`Item:${BIG}`).toString('base64url'));
    expect(data.connection).toEqual({ edges: [{ cursor }], pageInfo: { endCursor: cursor } });
    expect(urls()).toContain(`/items?owner=${BIG}`);
    await run('query($after: ID) { connection(after: $after) { edges { cursor } } }', { after: cursor });
    expect(urls()).toContain(`/items?after=${BIG}`);
  });

  test.each(['int', 'float', 'amount', 'money { amount }'])('is SERVICE_BAD_RESPONSE as %s', async (field) => {
    for (const value of [BIG, '12345678901234567890', '1e400']) {
      itemsJson = item(`"cents":${value},"currency":"USD"`);
      const { data, errors } = await run(`{ items { id ${field} } }`);
      expect(data.items).toMatchObject([{ id: 'i', [field.split(' ')[0] ?? '']: null }]);
      expect(errors).toMatchObject([
        { path: ['items', 0, field.split(' ')[0]], extensions: { code: 'SERVICE_BAD_RESPONSE' } },
      ]);
    }
  });

  test('is a Float if a double can hold it, and always a String', async () => {
    itemsJson = item('"cents":9007199254740994');
    expect((await run('{ items { float text } }')).data.items).toEqual([
      { float: 9007199254740994, text: '9007199254740994' },
    ]);
    itemsJson = item(`"cents":${BIG}`);
    expect((await run('{ items { text } }')).data.items).toEqual([{ text: BIG }]);
    itemsJson = item(`"cents":"${BIG}"`);
    expect(await run('{ items { float } }')).toMatchObject({
      data: { items: [{ float: null }] },
      errors: [{ extensions: { code: 'SERVICE_BAD_RESPONSE' } }],
    });
  });

  test.each(['4200.00000000000000001', '4200.5'])('%s cents are not an amount of money', async (value) => {
    itemsJson = item(`"cents":${value},"currency":"USD"`);
    const { data, errors } = await run('{ items { float int amount } }');
    expect(data.items).toEqual([{ float: Number(value), int: null, amount: null }]);
    expect(errors).toHaveLength(2);
    expect(errors).toMatchObject(Array(2).fill({ extensions: { code: 'SERVICE_BAD_RESPONSE' } }));
  });

  test('is an id in variables and in the document', async () => {
    const variables = parseExactly(`{"id":${BIG}}`) as Record<string, unknown>;
    expect((await run('query($id: ID!) { book(id: $id) { id } }', variables)).data.book).toEqual({ id: BIG });
    expect((await run(`{ book(id: ${BIG}) { id } }`)).data.book).toEqual({ id: BIG });
    expect(urls()).toEqual([`/books?ids=${BIG}`]);
  });
});

test.each([
  ['7', '7'],
  ['"7"', '7'],
  ['7.0', '7'],
  ['-0', '0'],
  ['1e3', '1000'],
  ['-5', '-5'],
  ['1e21', '1000000000000000000000'],
])('the key %s of a row is %j', async (json, key) => {
  itemsJson = item(`"bookId":${json}`);
  expect((await run('{ items { book { id } } }')).data.items).toEqual([{ book: { id: key } }]);
  expect(urls()).toEqual(['/items', `/books?ids=${key}`]);
});

describe('a key', () => {
  test.each([...ODD_KEYS, '.', '..', '"'])('%j from the caller or from a service finds its row', async (key) => {
    const { data, errors } = await run('query($id: ID!) { book(id: $id) { id } }', { id: key });
    expect({ data, errors }).toEqual({ data: { book: { id: key } }, errors: undefined });
    itemsJson = item(`"bookId":${JSON.stringify(key)}`);
    expect((await run('{ items { book { id } } }')).data.items).toEqual([{ book: { id: key } }]);
    expect(urls()).toEqual([`/books?ids=${encodeURIComponent(key).replace('*', '%2A')}`, '/items']);
  });

  test.each(['', 'a,b', ...INVALID_KEYS])(
    '%j from the caller, which cannot be sent, is BAD_USER_INPUT',
    async (key) => {
      expect(await run('query($id: ID!) { book(id: $id) { id } }', { id: key })).toMatchObject({
        data: { book: null },
        errors: [{ path: ['book'], extensions: { code: 'BAD_USER_INPUT' } }],
      });
      expect(urls()).toEqual([]);
    },
  );

  test.each([
    '""',
    '"a,b"',
    '"a\\nb"',
    '"\\ud800"',
    `"${'x'.repeat(513)}"`,
    'true',
    '1.5',
    '1e400',
    '[]',
    '["a"]',
    '{}',
  ])('%s from a service, which cannot be sent, is SERVICE_BAD_RESPONSE and affects no other key', async (json) => {
    itemsJson = `[{"id":"i","bookId":${json}},{"id":"j","bookId":"p"}]`;
    expect(await run('{ items { book { id } } }')).toMatchObject({
      data: { items: [{ book: null }, { book: { id: 'p' } }] },
      errors: [{ path: ['items', 0, 'book'], extensions: { code: 'SERVICE_BAD_RESPONSE' } }],
    });
    expect(urls()).toEqual(['/items', '/books?ids=p']);
  });

  test.each(['unknown', 'unknown/1'])('%j, unknown to the service, is null without an error', async (id) => {
    const { data, errors } = await run('query($id: ID!) { book(id: $id) { id } }', { id });
    expect({ data, errors }).toEqual({ data: { book: null }, errors: undefined });
  });

  test.each(['null', 'true', '1.5', '{}', '"a\\u0000"', '"\\ud800"', `"${'x'.repeat(513)}"`])(
    '%s is no key of a row in a list',
    async (json) => {
      itemsJson = `[{"id":${json}}]`;
      expect(await run('{ items { id } }')).toMatchObject({
        data: { items: null },
        errors: [{ path: ['items'], extensions: { code: 'SERVICE_BAD_RESPONSE', service: 'library' } }],
      });
    },
  );
});

describe('a parameter of a list', () => {
  test.each([...ODD_KEYS, '.', '..', '"', '', 'a,b', "!'()*&=?#"])('%j arrives unchanged', async (value) => {
    itemsJson = '[]';
    const { errors } = await run('query($after: String) { items(after: $after) { id } }', { after: value });
    expect(errors).toBeUndefined();
    expect(service.arrived.map(({ url }) => new URL(url, 'http://service').searchParams.get('after'))).toEqual([
      value,
      value,
    ]);
    expect(urls()[0]).toMatch(/^\/items\?after=(?:[\w.~-]|%[0-9A-F]{2})*$/);
  });

  test.each(['a\nb', '\0', '\ud800', 'x'.repeat(513)])('%j of the caller is BAD_USER_INPUT', async (value) => {
    expect(await run('query($after: String) { items(after: $after) { id } }', { after: value })).toMatchObject({
      data: { items: null },
      errors: [
        {
          message:
            'The value of "after" must be a number, a boolean or a string of at most 512 bytes without control characters.',
          path: ['items'],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
    expect(urls()).toEqual([]);
  });

  test.each(['"a\\nb"', '{}', '["a"]', '1e400'])('%s of a service is SERVICE_BAD_RESPONSE', async (json) => {
    itemsJson = item(`"bookId":${json}`);
    expect(await run('{ items { owned { id } } }')).toMatchObject({
      data: { items: [{ owned: null }] },
      errors: [{ path: ['items', 0, 'owned'], extensions: { code: 'SERVICE_BAD_RESPONSE' } }],
    });
    expect(urls()).toEqual(['/items']);
  });

  test.each([
    ['7', '7'],
    ['true', 'true'],
    ['1.5', '1.5'],
    ['null', null],
  ])('%s of a service is sent as %j', async (json, sent) => {
    itemsJson = item(`"bookId":${json}`);
    await run('{ items { owned { id } } }');
    expect(new URL(urls()[1] ?? urls()[0] ?? '', 'http://service').searchParams.get('owner')).toBe(sent);
  });
});
