import { type Handler, json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import type { RowSource } from '../../downstream/batching/row-source.ts';
import { cachedRows } from '../../downstream/cache/cached-rows.ts';
import { EntityCache } from '../../downstream/cache/entity-cache.ts';
import { createRefresh } from '../../downstream/cache/refresh.ts';
import { inPath } from '../../downstream/id-style.ts';
import { envelope } from '../../downstream/row-shape.ts';
import type { RequestContext } from '../../request/context.ts';
import { createLog } from '../../telemetry/log.ts';
import { createEngine } from '../execute.ts';
import { always, list, load, resolver } from '../fields.ts';
import { buildSchema } from '../schema.ts';
import { NO_ROWS, NOT_REQUESTED, overfetchOf } from './overfetch.ts';
import { readsOf } from './reads.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly maker: { readonly name: string; readonly town: string };
  readonly parts: readonly { readonly name: string; readonly weight: number }[];
}

const things = batchOf<Thing>()({ service: 'library', path: '/things', rowKey: 'id', public: true });
const single = batchOf<Thing>()({ service: 'library', path: '/things/{id}', rowKey: 'id', ids: inPath() });
const thingList = listOf<Thing>()({ service: 'library', path: '/list', rowKey: 'id', rows: envelope('data') });

const SDL = `
  type Query { a: Thing b: Thing single: Thing things: [Thing!] odd: Thing }
  type Thing { id: ID! name: String maker: Maker parts: [Part] }
  type Maker { name: String town: String }
  type Part { name: String weight: Int }
`;
const schema = buildSchema(SDL, {
  Query: {
    a: load(things, always('a')),
    b: load(things, always('b')),
    single: load(single, always('a')),
    things: list(thingList),
    odd: resolver({ calls: [things] }, (_parent, _args, { loaders }) => loaders.load(things, 'a')),
  },
});
const log = createLog('test', 'silent');

async function ask(text: string, rows: RowSource, request: RequestContext = requestContext()) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  await createEngine(schema, rows, log).execute({ document, operationName: undefined, variables: {} }, request);
  return overfetchOf(request.ledger.entries, readsOf(schema, document, operation));
}

/** The bytes that a query fetched from a service with this handler, and used. */
async function wasteBy(handler: Handler, text: string, timeoutMs?: number) {
  await using service = await startLocalService(handler);
  await using fetcher = fetcherFor(service.url, timeoutMs);
  return await ask(text, fetcher.rows);
}

const answering =
  (value: unknown): Handler =>
  (_request, response) =>
    json(response, value);

describe('bytes', () => {
  test('include names and values; unread parts are listed', async () => {
    const row = {
      id: 'a',
      name: 'Zoë "Z"',
      parts: [
        { name: 'x', weight: 12 },
        { name: 'y', weight: 7 },
      ],
      maker: null,
    };
    const [use] = await wasteBy(answering([row]), '{ a { name parts { name } } }');
    // "id":"a" 8, "name":"Zoë \\"Z\\"" 19, "parts": 8, "name":"x" 10 twice; "weight":12 11, "weight":7 10, "maker":null 12
    expect(use).toEqual({
      service: 'library',
      endpoint: 'GET /things?ids',
      calls: 1,
      bodyBytes: Buffer.byteLength(JSON.stringify([row])),
      fetchedBytes: 8 + 19 + 8 + 20 + 21 + 12,
      usedBytes: 8 + 19 + 8 + 20,
      unstatedBytes: 0,
      unread: new Map([
        ['parts.weight', 21],
        ['maker', 12],
      ]),
    });
  });

  test('of a whole object are the sum of its parts', async () => {
    const row = { id: 'a', maker: { name: 'M', town: 'T' }, parts: [] };
    const uses = await wasteBy(answering([row]), '{ a { maker { name town } parts { name } } }');
    expect(uses).toMatchObject([{ fetchedBytes: 8 + 8 + 10 + 10 + 8, usedBytes: 8 + 8 + 10 + 10 + 8 }]);
  });

  test("outside the rows are reported as the envelope's", async () => {
    const uses = await wasteBy(
      answering({ meta: { total: 1 }, data: [{ id: 'a', name: 'n' }] }),
      '{ things { name } }',
    );
    expect(uses).toMatchObject([{ fetchedBytes: 18, usedBytes: 10, unread: new Map([['id', 8]]) }]);
  });

  test('of a single row need no key', async () => {
    const uses = await wasteBy(answering({ id: 'a', name: 'n' }), '{ single { name } }');
    expect(uses).toMatchObject([{ fetchedBytes: 18, usedBytes: 10, unread: new Map([['id', 8]]) }]);
  });

  test('of a row that was not requested are unread', async () => {
    const rows = [{ id: 'a', name: 'n' }, { id: 'z', name: 'n' }, null];
    const uses = await wasteBy(answering(rows), '{ a { name } }');
    expect(uses).toMatchObject([{ fetchedBytes: 36, usedBytes: 18, unread: new Map([[NOT_REQUESTED, 18]]) }]);
  });

  test('for an ordinary resolver count as neither used nor unread', async () => {
    const uses = await wasteBy(answering([{ id: 'a', name: 'n' }]), '{ odd { name } }');
    expect(uses).toMatchObject([{ fetchedBytes: 18, usedBytes: 0, unstatedBytes: 18, unread: new Map() }]);
  });

  test('of a very deep response are counted', async () => {
    const depth = 20_000;
    const body = `[{"id":"a","maker":${'['.repeat(depth)}1${']'.repeat(depth)}}]`;
    const uses = await wasteBy((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    }, '{ a { id } }');
    expect(uses).toMatchObject([{ fetchedBytes: 17, usedBytes: 8, unread: new Map([['maker', 9]]) }]);
  });
});

describe('the bytes of a failed call are fetched and unread', () => {
  const failing =
    (status: number, body: string): Handler =>
    (_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);

  test.each([
    ['an error', failing(500, '{"title":"Broken"}')],
    ['a refusal', failing(401, '{"title":"Broken"}')],
    ['a 404', failing(404, '{"title":"Broken"}')],
    ['no JSON', failing(200, '<html>Broken</html'.slice(0, 18))],
    ['no rows', failing(200, '{"title":"Broken"}')],
    [
      'an answer that was cut short',
      ((_request, response) => {
        response.writeHead(200, { 'content-length': 1_000 }).write('{"title":"Broken"}', () => response.destroy());
      }) satisfies Handler,
    ],
  ])('%s', async (_what, handler) => {
    expect(await wasteBy(handler, '{ a { name } }')).toMatchObject([
      { calls: 1, bodyBytes: 18, fetchedBytes: 18, usedBytes: 0, unread: new Map([[NO_ROWS, 18]]) },
    ]);
  });

  test('a response cut off by the timeout', async () => {
    const uses = await wasteBy((_request, response) => response.writeHead(200).write('[{"id":'), '{ a { name } }', 200);
    expect(uses).toMatchObject([{ bodyBytes: 7, fetchedBytes: 7, usedBytes: 0 }]);
  });

  test('a retried attempt', async () => {
    let isIll = false;
    await using service = await startLocalService((_request, response) => {
      if (isIll) response.writeHead(503).end('Later.');
      else json(response, [{ id: 'a', name: 'n' }]);
      isIll = false;
    });
    await using fetcher = fetcherFor(service.url);
    // Successful calls fill the retry budget.
    for (let call = 0; call < 10; call += 1) await ask('{ a { name } }', fetcher.rows);
    isIll = true;
    expect(await ask('{ a { name } }', fetcher.rows)).toMatchObject([
      { calls: 1, bodyBytes: 6 + 23, fetchedBytes: 6 + 18, usedBytes: 18, unread: new Map([[NO_ROWS, 6]]) },
    ]);
    expect(service.arrived).toHaveLength(12);
  });
});

describe('not counted as fetched', () => {
  const PUBLIC = { 'cache-control': 'public, max-age=60' };
  const rowsOfIds: Handler = ({ url }, response) => {
    const ids = new URL(url, 'http://x').searchParams.get('ids')?.split(',') ?? [];
    json(
      response,
      ids.map((id) => ({ id, name: 'n', town: 't' })),
      PUBLIC,
    );
  };

  test('are rows from the cache, all or some of them', async () => {
    await using service = await startLocalService(rowsOfIds);
    await using fetcher = fetcherFor(service.url);
    const { fetch } = fetcher;
    const rows = cachedRows({ cache: new EntityCache(1_000_000), fetch, refresh: createRefresh(1_000, log) });
    expect(await ask('{ a { name } }', rows)).toMatchObject([{ calls: 1, fetchedBytes: 28, usedBytes: 18 }]);
    expect(await ask('{ a { name } b { name } }', rows)).toMatchObject([{ calls: 1, fetchedBytes: 28, usedBytes: 18 }]);
    expect(await ask('{ a { name } b { name } }', rows)).toEqual([]);
  });

  test("are rows from another request's call", async () => {
    const arrived = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    await using service = await startLocalService(async (request, response, raw) => {
      arrived.resolve();
      await opened.promise;
      rowsOfIds(request, response, raw);
    });
    await using fetcher = fetcherFor(service.url);
    const first = ask('{ a { name } }', fetcher.rows);
    await arrived.promise;
    const request = requestContext();
    const second = ask('{ a { id name } }', fetcher.rows, request);
    while (!request.ledger.entries[0]?.shared) await new Promise((resolve) => setImmediate(resolve));
    opened.resolve();
    expect(await first).toMatchObject([{ calls: 1, fetchedBytes: 28, usedBytes: 18 }]);
    expect(await second).toEqual([]);
    expect(service.arrived).toHaveLength(1);
  });

  test('is not a private response, which each request fetches itself', async () => {
    const opened = Promise.withResolvers<void>();
    await using service = await startLocalService(async (_request, response) => {
      await opened.promise;
      json(response, [{ id: 'a', name: 'n' }]);
    });
    await using fetcher = fetcherFor(service.url);
    const request = requestContext();
    const asked = [ask('{ a { name } }', fetcher.rows), ask('{ a { name } }', fetcher.rows, request)];
    while (!request.ledger.entries[0]?.shared) await new Promise((resolve) => setImmediate(resolve));
    opened.resolve();
    const both = await Promise.all(asked);
    expect(both.flat()).toMatchObject([
      { bodyBytes: 23, fetchedBytes: 18 },
      { bodyBytes: 23, fetchedBytes: 18 },
    ]);
  });
});
