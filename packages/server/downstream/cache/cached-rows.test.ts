import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { type Arrived, json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import type { RequestContext } from '../../request/context.ts';
import { ErrorCode } from '../../request/errors.ts';
import { createLedger } from '../../request/ledger.ts';
import { RequestTrace } from '../../request/request-trace.ts';
import { createLog } from '../../telemetry/log.ts';
import type { BatchEndpoint } from '../endpoint.ts';
import { inBody, inPath } from '../id-style.ts';
import { cachedRows } from './cached-rows.ts';
import { EntityCache } from './entity-cache.ts';
import { createRefresh } from './refresh.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

const common = { service: 'library', rowKey: 'id', sparse: 'fields' } as const;
const things = batchOf<Thing>()({ ...common, path: '/things', public: true });
const singles = batchOf<Thing>()({ ...common, path: '/things/{id}', ids: inPath(), public: true });
const list = listOf<Thing>()({ ...common, path: '/list', public: true });
const privateThings = batchOf<Thing>()({ ...common, path: '/things' });
const CACHE_CONTROL = 'public, max-age=60, stale-while-revalidate=30, stale-if-error=600';

const log = createLog('test', 'silent');

const pass = stoppedClock();
const passSeconds = (seconds: number): void => pass(seconds * 1_000);

interface World extends AsyncDisposable {
  readonly service: LocalService;
  readonly cache: EntityCache;
  readonly request: ReturnType<typeof requestContext>;
  /** Requests of the service: path and query. */
  readonly asked: () => string[];
  rows(keys: string[], properties?: string[], endpoint?: BatchEndpoint<Thing>, by?: RequestContext): Promise<unknown>;
  page(properties?: string[], path?: string, by?: RequestContext): Promise<unknown>;
  /** Headers and status of each response. A status other than 200 is a failure. */
  answer: {
    status: number;
    headers: Record<string, string | string[]>;
    notModified?: Record<string, string>;
    version: number;
    /** Rejects a batch with "bad", and fails one with "a". */
    poison?: boolean;
  };
}

async function startWorld(maxBytes = 10_000_000): Promise<World> {
  const answer: World['answer'] = { status: 200, headers: { 'cache-control': CACHE_CONTROL }, version: 1 };
  const service = await startLocalService((request, response) => {
    const etag = `"v${answer.version}"`;
    if (answer.status !== 200) response.writeHead(answer.status).end();
    else if (answer.poison && request.url.includes('bad')) response.writeHead(400).end();
    else if (answer.poison && /[=,]a(,|$)/.test(request.url)) response.writeHead(500).end();
    else if (request.headers['if-none-match'] === etag)
      response.writeHead(304, answer.notModified ?? { etag, ...answer.headers }).end();
    else json(response, bodyOf(request, answer.version), { etag, ...answer.headers });
  });
  const fetcher = fetcherFor(service.url);
  const cache = new EntityCache(maxBytes);
  const rows = cachedRows({ cache, fetch: fetcher.fetch, refresh: createRefresh(10_000, log) });
  const request = requestContext();
  return {
    service,
    cache,
    request,
    answer,
    asked: () => service.arrived.map(({ url }) => url),
    rows: (keys, properties, endpoint = things, by = request) => rows.rows(endpoint, keys, properties, by),
    page: async (properties, path = '/list', by = request) => (await rows.page(list, path, properties, by)).rows,
    async [Symbol.asyncDispose]() {
      await fetcher[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

test('a traced request records cache hits: a list by its path, a row by its id', async () => {
  await using world = await startWorld();
  const observed = requestContext({ ledger: createLedger(undefined, new RequestTrace()) });
  for (const request of [world.request, observed]) {
    await world.page(undefined, '/list', request);
    await world.rows(['s'], undefined, singles, request);
  }
  expect(observed.ledger.entries.map(({ cached, descriptor }) => ({ cached, descriptor }))).toEqual([
    { cached: true, descriptor: { endpoint: list, list: '/list' } },
    { cached: true, descriptor: { endpoint: singles, ids: ['s'] } },
  ]);
});

function bodyOf({ url }: Arrived, version: number): unknown {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const fields = searchParams.get('fields')?.split(',');
  const thing = (id: string) => {
    const whole: Record<string, unknown> = { id, name: `thing ${id}`, size: version };
    return fields ? Object.fromEntries(fields.map((field) => [field, whole[field]])) : whole;
  };
  if (pathname === '/list') return ['a', 'b'].map(thing);
  const single = /^\/things\/(.+)$/.exec(pathname)?.[1];
  if (single) return thing(single);
  const ids = searchParams.get('ids')?.split(',') ?? [];
  return ids.filter((id) => id !== 'missing').map(thing);
}

const thing = (id: string, size = 1): Thing => ({ id, name: `thing ${id}`, size });

/** Waits until the service has had this many requests and the responses are cached. */
async function refreshed(world: World, count: number): Promise<void> {
  while (world.service.arrived.length < count) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('cached rows', () => {
  test('are not fetched again, and a batch fetches only missing rows', async () => {
    await using world = await startWorld();
    await world.rows(['a', 'b']);
    expect(await world.rows(['c', 'b', 'd', 'a'])).toEqual([thing('c'), thing('b'), thing('d'), thing('a')]);
    expect(await world.rows(['a', 'd'])).toEqual([thing('a'), thing('d')]);
    expect(world.asked()).toEqual(['/things?ids=a,b', '/things?ids=c,d']);
    const { entries } = world.request.ledger;
    expect(entries.map(({ cached, keys, staleKeys }) => ({ cached, keys, staleKeys }))).toEqual([
      { cached: false, keys: 2, staleKeys: 0 },
      { cached: true, keys: 2, staleKeys: 0 },
      { cached: false, keys: 2, staleKeys: 0 },
      { cached: true, keys: 2, staleKeys: 0 },
    ]);
  });

  test('are fetched again when they expire', async () => {
    await using world = await startWorld();
    world.answer.headers = { 'cache-control': 'public, max-age=60' };
    await world.rows(['a']);
    passSeconds(59);
    world.answer.version = 2;
    expect(await world.rows(['a'])).toEqual([thing('a', 1)]);
    passSeconds(2);
    expect(await world.rows(['a'])).toEqual([thing('a', 2)]);
    expect(world.service.arrived).toHaveLength(2);
  });

  test('account for the Age of their response', async () => {
    await using world = await startWorld();
    world.answer.headers = { 'cache-control': 'public, max-age=60', age: '50' };
    await world.rows(['a']);
    passSeconds(11);
    await world.rows(['a']);
    expect(world.service.arrived).toHaveLength(2);
  });

  test('limit the freshness of the response', async () => {
    await using world = await startWorld();
    await world.rows(['a']);
    passSeconds(20);
    const request = requestContext();
    const fetcher = fetcherFor(world.service.url);
    const { cache } = world;
    const refresh = () => {};
    await cachedRows({ cache, fetch: fetcher.fetch, refresh }).rows(things, ['a'], undefined, request);
    expect(Math.round(request.ledger.freshMs() / 1_000)).toBe(40);
    await fetcher[Symbol.asyncDispose]();
  });

  test('serve a subset of their properties, not a superset', async () => {
    await using world = await startWorld();
    await world.rows(['a'], ['id', 'name']);
    expect(await world.rows(['a'], ['id'])).toEqual([{ id: 'a', name: 'thing a' }]);
    expect(await world.rows(['a'], ['id', 'size'])).toEqual([{ id: 'a', size: 1 }]);
    expect(await world.rows(['a'], ['id', 'name'])).toEqual([{ id: 'a', name: 'thing a' }]);
    expect(await world.rows(['a'])).toEqual([thing('a')]);
    expect(await world.rows(['a'], ['id', 'name', 'size'])).toEqual([thing('a')]);
    expect(world.asked()).toEqual(['/things?ids=a&fields=id,name', '/things?ids=a&fields=id,size', '/things?ids=a']);
  });

  test('cannot be changed by requests', async () => {
    await using world = await startWorld();
    const rows = (await world.rows(['a'])) as object[];
    expect(rows).toHaveLength(1);
    expect(rows.every(Object.isFrozen)).toBe(true);
  });

  test('stay within the memory limit by evicting the least recently used', async () => {
    await using world = await startWorld(50_000);
    for (let index = 0; index < 200; index += 1) await world.rows([`t${index}`, 'always']);
    expect(world.cache.bytes).toBeLessThanOrEqual(50_000);
    expect(world.cache.bytes).toBeGreaterThan(25_000);
    const before = world.service.arrived.length;
    await world.rows(['always', 't199']);
    expect(world.service.arrived).toHaveLength(before);
    await world.rows(['t0']);
    expect(world.service.arrived).toHaveLength(before + 1);
  });
});

describe('never cached', () => {
  test.each([
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['public and private', { 'cache-control': 'public, private="x", max-age=60' }],
    ['no-store', { 'cache-control': 'public, no-store, max-age=60' }],
    ['not said to be public', { 'cache-control': 'max-age=60' }],
    ['silent', {}],
    ['with a cookie', { 'cache-control': 'public, max-age=60', 'set-cookie': 'a=b' }],
    ['different by caller', { 'cache-control': 'public, max-age=60', vary: 'X-Member-Id' }],
  ])('is a response that is %s', async (_what, headers) => {
    await using world = await startWorld();
    world.answer.headers = headers;
    await world.rows(['a']);
    await world.rows(['a']);
    await world.page();
    await world.page();
    expect(world.service.arrived).toHaveLength(4);
    expect(world.cache.bytes).toBe(0);
    expect(world.request.ledger.freshMs()).toBe(0);
  });

  test('is a response of a private endpoint, regardless of its headers', async () => {
    await using world = await startWorld();
    await world.rows(['a'], undefined, privateThings);
    await world.rows(['a'], undefined, privateThings);
    expect(world.service.arrived.map(({ headers }) => headers['x-member-id'])).toEqual(['m_42', 'm_42']);
    expect(world.cache.bytes).toBe(0);
  });

  test('is a missing row', async () => {
    await using world = await startWorld();
    expect(await world.rows(['missing', 'a'])).toEqual([null, thing('a')]);
    expect(await world.rows(['missing', 'a'])).toEqual([null, thing('a')]);
    expect(world.asked()).toEqual(['/things?ids=missing,a', '/things?ids=missing']);
  });

  test('is a row that is no longer public', async () => {
    await using world = await startWorld();
    await world.rows(['a']);
    await world.page();
    passSeconds(1_000);
    world.answer.headers = { 'cache-control': 'private' };
    await world.rows(['a']);
    await world.page();
    expect(world.cache.bytes).toBe(0);
  });
});

describe('stale values', () => {
  test('a stale row is used while one refresh is running, and the new row after it', async () => {
    await using world = await startWorld();
    await world.rows(['a', 'b']);
    passSeconds(70);
    world.answer.version = 2;
    const answers = await Promise.all([1, 2, 3].map(() => world.rows(['a', 'b'])));
    expect(answers).toEqual(Array(3).fill([thing('a', 1), thing('b', 1)]));
    expect(world.request.ledger.freshMs()).toBe(0);
    expect(world.request.ledger.entries.at(-1)).toMatchObject({ cached: true, staleKeys: 2 });
    await refreshed(world, 2);
    expect(world.asked()).toEqual(['/things?ids=a,b', '/things?ids=a,b']);
    expect(Object.keys(world.service.arrived[1]?.headers ?? {})).not.toContain('x-member-id');
    expect(await world.rows(['a', 'b'])).toEqual([thing('a', 2), thing('b', 2)]);
    expect(world.service.arrived).toHaveLength(2);
  });

  test('a failed refresh is tried again at the next use within stale-while-revalidate', async () => {
    await using world = await startWorld();
    await world.rows(['a']);
    passSeconds(70);
    world.answer.status = 503;
    await world.rows(['a']);
    await refreshed(world, 2);
    expect(await world.rows(['a'])).toEqual([thing('a')]);
    await refreshed(world, 3);
  });

  test('a stale row is used when the service fails, within stale-if-error', async () => {
    await using world = await startWorld();
    await world.rows(['a']);
    passSeconds(600);
    world.answer.status = 503;
    expect(await world.rows(['b', 'a'])).toEqual([
      expect.objectContaining({ code: ErrorCode.ServiceUnavailable }),
      thing('a'),
    ]);
    expect(world.asked().at(-1)).toBe('/things?ids=b,a');
    expect(world.request.ledger.freshMs()).toBe(0);
    passSeconds(61);
    await expect(world.rows(['a'])).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
  });

  test('a stale row is used when only its part of a bisected batch fails', async () => {
    await using world = await startWorld();
    await world.rows(['a', 'b']);
    passSeconds(100);
    world.answer.poison = true;
    const rows = await world.rows(['bad', 'x', 'a', 'b']);
    expect(rows).toEqual([
      expect.objectContaining({ code: ErrorCode.ServiceRejected }),
      thing('x'),
      thing('a'),
      thing('b'),
    ]);
    expect(world.asked().slice(1)).toEqual([
      '/things?ids=bad,x,a,b',
      '/things?ids=bad,x',
      '/things?ids=a,b',
      '/things?ids=bad',
      '/things?ids=x',
    ]);
    expect(world.request.ledger.entries.at(-1)).toMatchObject({ cached: true, keys: 2, staleKeys: 2 });
  });

  test('no stale row is used when the service rejects the call', async () => {
    await using world = await startWorld();
    await world.rows(['a']);
    await world.page();
    passSeconds(100);
    world.answer.status = 403;
    await expect(world.rows(['a'])).rejects.toMatchObject({ code: ErrorCode.ServiceRejected });
    await expect(world.page()).rejects.toMatchObject({ code: ErrorCode.ServiceRejected });
  });

  test.each(['must-revalidate', 'proxy-revalidate', 'no-cache', 'Must-Revalidate'])(
    'nothing is used against %s',
    async (directive) => {
      await using world = await startWorld();
      world.answer.headers = { 'cache-control': `${CACHE_CONTROL}, ${directive}` };
      await world.rows(['a']);
      await world.page();
      passSeconds(70);
      world.answer.status = 503;
      await expect(world.rows(['a'])).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
      await expect(world.page()).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
    },
  );
});

describe('a list', () => {
  test('is cached by its path and properties', async () => {
    await using world = await startWorld();
    await world.page(['id', 'name']);
    expect(await world.page(['id'])).toEqual([
      { id: 'a', name: 'thing a' },
      { id: 'b', name: 'thing b' },
    ]);
    await world.page(['id'], '/list?genre=x');
    expect(world.asked()).toEqual(['/list?fields=id,name', '/list?genre=x&fields=id']);
  });

  test('is revalidated by its ETag, and renewed by a 304', async () => {
    await using world = await startWorld();
    await world.page(['id', 'name']);
    passSeconds(100);
    expect(await world.page(['id'])).toEqual([
      { id: 'a', name: 'thing a' },
      { id: 'b', name: 'thing b' },
    ]);
    expect(world.service.arrived[1]).toMatchObject({
      url: '/list?fields=id,name',
      headers: { 'if-none-match': '"v1"' },
    });
    expect(world.request.ledger.entries[1]).toMatchObject({ status: 304, bytes: 0 });
    passSeconds(59);
    await world.page(['id']);
    expect(world.service.arrived).toHaveLength(2);
  });

  test('is replaced when it has changed', async () => {
    await using world = await startWorld();
    await world.page();
    passSeconds(100);
    world.answer.version = 2;
    expect(await world.page()).toEqual([thing('a', 2), thing('b', 2)]);
    expect(await world.page()).toEqual([thing('a', 2), thing('b', 2)]);
    expect(world.service.arrived).toHaveLength(2);
  });

  test('is used while it is revalidated in the background, and when that fails', async () => {
    await using world = await startWorld();
    await world.page();
    passSeconds(70);
    await world.page();
    await world.page();
    await refreshed(world, 2);
    expect(world.service.arrived).toHaveLength(2);
    expect(world.service.arrived[1]?.headers['if-none-match']).toBe('"v1"');
    await world.page();
    expect(world.request.ledger.entries.at(-1)).toMatchObject({ cached: true, keys: 0, staleKeys: 0 });
    passSeconds(600);
    world.answer.status = 500;
    expect(await world.page()).toEqual([thing('a'), thing('b')]);
    passSeconds(100);
    await expect(world.page()).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
  });
});

describe('response headers', () => {
  test.each([
    ['public', 0],
    ['public, immutable', 0],
    ['public, max-age=99999999999999999999999999', 2 ** 31],
    ['public, max-age=10, max-age=3600', 10],
    ['PUBLIC, Max-Age=10', 10],
    ['public, s-maxage=20, max-age=10', 20],
    ['max-age=60, community="a, public, b"', undefined],
    ['public, max-age=60, private="x"', undefined],
    ['public, max-age=-5', 0],
    ['public, max-age=', 0],
    [['public', 'max-age=10'], 10],
  ])('%j is fresh for %p seconds', async (cacheControl, seconds) => {
    await using world = await startWorld();
    world.answer.headers = { 'cache-control': cacheControl, 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' };
    await world.rows(['a']);
    const kept = world.cache.find(things, 'a', undefined);
    expect(kept && Math.round(kept.freshMs() / 1_000)).toBe(seconds);
  });

  test('repeated header lines are joined', async () => {
    await using world = await startWorld();
    world.answer.headers = {
      'cache-control': ['public', 'max-age=60, stale-while-revalidate=30'],
      vary: ['Accept', 'Origin, Accept-Encoding'],
      warning: ['110 - "old"', '112 - "older"'],
      connection: 'keep-alive',
    };
    await world.rows(['a']);
    await world.page();
    passSeconds(61);
    expect(await world.rows(['a'])).toEqual([thing('a')]);
    expect(await world.page()).toEqual([thing('a'), thing('b')]);
    world.answer.headers = { 'cache-control': 'public', vary: ['Accept', 'Cookie'] };
    expect(await world.rows(['z'])).toEqual([thing('z')]);
    expect(world.cache.find(things, 'z', undefined)).toBeUndefined();
  });

  test.each([[{}], [{ etag: '"v1"' }], [{ 'cache-control': 'public, max-age=60' }]])(
    'a 304 of %j leaves the rest as it was, and the age new',
    async (headers) => {
      await using world = await startWorld();
      world.answer.headers = {
        'cache-control': 'public, max-age=60',
        'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT',
        age: '50',
      };
      await world.page();
      passSeconds(11);
      world.answer.notModified = headers;
      await world.page();
      passSeconds(59);
      await world.page();
      expect(world.service.arrived).toHaveLength(2);
      passSeconds(2);
      await world.page();
      expect(world.service.arrived[2]?.headers['if-none-match']).toBe('"v1"');
    },
  );

  test('the size of stored headers counts', async () => {
    await using world = await startWorld(100_000);
    world.answer.headers = { 'cache-control': CACHE_CONTROL, 'x-large': 'x'.repeat(8_000) };
    await world.rows(['a']);
    const small = world.cache.bytes;
    expect(small).toBeLessThan(4_000);
    world.answer.headers = { 'cache-control': CACHE_CONTROL, etag: `"${'x'.repeat(8_000)}"` };
    await world.rows(['b']);
    expect(world.cache.bytes - small).toBeGreaterThan(16_000);
  });

  test('a value of any depth can be cached', async () => {
    const deep = `[{"id":"a","deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`;
    await using service = await startLocalService((_request, response) =>
      response.writeHead(200, { 'cache-control': CACHE_CONTROL }).end(deep),
    );
    await using fetcher = fetcherFor(service.url);
    const cache = new EntityCache(100_000_000);
    const rows = cachedRows({ cache, fetch: fetcher.fetch, refresh: () => {} });
    const [row] = await rows.rows(things, ['a'], undefined, requestContext());
    expect(row).toMatchObject({ id: 'a' });
    expect(cache.bytes).toBeGreaterThan(200_000);
  });
});

test('endpoints with the same name do not share rows', async () => {
  await using service = await startLocalService((request, response) =>
    json(response, [{ id: '5', by: JSON.parse(request.body) }], { 'cache-control': CACHE_CONTROL }),
  );
  await using fetcher = fetcherFor(service.url);
  const cache = new EntityCache(100_000);
  const rows = cachedRows({ cache, fetch: fetcher.fetch, refresh: () => {} });
  for (const property of ['ids', 'skus']) {
    const endpoint = batchOf<Thing>()({ ...common, path: '/things', ids: inBody(property), public: true });
    const [row] = await rows.rows(endpoint, ['5'], undefined, requestContext());
    expect(row).toMatchObject({ by: { [property]: ['5'] } });
  }
});

test('a cached list limits the freshness of the response', async () => {
  await using world = await startWorld();
  await world.page();
  passSeconds(20);
  const request = requestContext();
  const fetcher = fetcherFor(world.service.url);
  await cachedRows({ cache: world.cache, fetch: fetcher.fetch, refresh: () => {} }).page(
    list,
    '/list',
    undefined,
    request,
  );
  expect(Math.round(request.ledger.freshMs() / 1_000)).toBe(40);
  await fetcher[Symbol.asyncDispose]();
});

test('an endpoint of single gets caches and revalidates each row separately', async () => {
  await using world = await startWorld();
  await world.rows(['a', 'b'], ['id', 'size'], singles);
  passSeconds(100);
  await world.rows(['a'], ['id'], singles);
  expect(await world.rows(['b', 'a', 'c'], ['id'], singles)).toEqual([
    { id: 'b', size: 1 },
    { id: 'a', size: 1 },
    { id: 'c' },
  ]);
  expect(world.service.arrived.map(({ url, headers }) => [url, headers['if-none-match']])).toEqual([
    ['/things/a?fields=id,size', undefined],
    ['/things/b?fields=id,size', undefined],
    ['/things/a?fields=id,size', '"v1"'],
    ['/things/b?fields=id,size', '"v1"'],
    ['/things/c?fields=id', undefined],
  ]);
});

test('an unsolicited 304 is a bad response', async () => {
  await using service = await startLocalService((_request, response) => response.writeHead(304).end());
  await using fetcher = fetcherFor(service.url);
  await expect(fetcher.rows.page(list, '/list', undefined, requestContext())).rejects.toMatchObject({
    code: ErrorCode.ServiceBadResponse,
  });
});
