import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { MemoryStore } from '@facet/testing/internal/memory-store.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '../../telemetry/log.ts';
import type { BatchEndpoint } from '../endpoint.ts';
import { inPath } from '../id-style.ts';
import { cachedRows } from './cached-rows.ts';
import { EntityCache } from './entity-cache.ts';
import { createRefresh } from './refresh.ts';
import { SharedCache } from './shared-cache/shared-cache.ts';

interface Thing {
  readonly id: string;
  readonly size: number;
}

const common = { service: 'library', rowKey: 'id', sparse: 'fields' } as const;
const things = batchOf<Thing>()({ ...common, path: '/things', public: true });
const singles = batchOf<Thing>()({ ...common, path: '/things/{id}', ids: inPath(), public: true });
const list = listOf<Thing>()({ ...common, path: '/list', params: ['limit'], public: true });
const privateThings = batchOf<Thing>()({ ...common, path: '/things' });
const CACHE_CONTROL = 'public, max-age=60, stale-while-revalidate=30, stale-if-error=600';

/** Lookups have a generous budget, because a slow machine looks like a slow store. */
const WAIT_MS = 1_000;

const log = createLog('test', 'silent');
const pass = stoppedClock();
const passSeconds = (seconds: number): void => pass(seconds * 1_000);

/** Headers and status of the service. A status other than 200 is a failure. */
const answer = { status: 200, headers: {} as Record<string, string>, version: 1 };

let service: LocalService;
let store: MemoryStore;
const opened: AsyncDisposable[] = [];
beforeEach(async () => {
  Object.assign(answer, { status: 200, headers: { 'cache-control': CACHE_CONTROL }, version: 1 });
  store = new MemoryStore();
  service = await startLocalService(({ url, headers }, response) => {
    const etag = `"v${answer.version}"`;
    const { pathname, searchParams } = new URL(url, 'http://x');
    const row = (id: string) => ({ id, size: answer.version });
    const single = /^\/things\/(.+)$/.exec(pathname)?.[1];
    const ids = (searchParams.get('ids') ?? 'l1,l2').split(',').filter((id) => !id.startsWith('missing'));
    if (answer.status !== 200) response.writeHead(answer.status).end();
    else if (headers['if-none-match'] === etag) response.writeHead(304, answer.headers).end();
    else json(response, single === undefined ? ids.map(row) : row(single), { etag, ...answer.headers });
  });
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const asked = () => service.arrived.map(({ url }) => url);

/** One of several processes with their own entity caches and one store. */
function startProcess(urlOfLibrary = service.url, prefix?: string) {
  const fetcher = fetcherFor(service.url);
  opened.push(fetcher);
  const shared = new SharedCache(store, { library: { url: urlOfLibrary } }, { waitMs: WAIT_MS, prefix }, log);
  const cache = new EntityCache(10_000_000, shared);
  const source = cachedRows({ cache, fetch: fetcher.fetch, refresh: createRefresh(10_000, log) });
  return {
    shared,
    cache,
    rows: (
      keys: string[],
      request = requestContext(),
      properties?: string[],
      endpoint: BatchEndpoint<Thing> = things,
    ) => source.rows(endpoint, keys, properties, request),
    page: (path = '/list', request = requestContext()) => source.page(list, path, undefined, request),
  };
}

/** Waits for background work that needs no external event. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for a background call, after which the service has had this many requests. */
async function refreshed(count: number): Promise<void> {
  while (service.arrived.length < count) await new Promise((resolve) => setImmediate(resolve));
  await settled();
}

const thing = (id: string, size = 1): Thing => ({ id, size });

/** An entry of a row that its service generates now. */
const born = () => ({ bornByStore: Date.now(), bornByWriter: Date.now() });

describe('values that one process has cached', () => {
  test('are not fetched by another: a batch has one lookup, and fetches the rest', async () => {
    const [first, second] = [startProcess(), startProcess()];
    await first.rows(['a', 'b']);
    await settled();
    const request = requestContext();
    store.looks.length = 0;
    expect(await second.rows(['c', 'b', 'a'], request)).toEqual([thing('c'), thing('b'), thing('a')]);
    expect(asked()).toEqual(['/things?ids=a,b', '/things?ids=c']);
    expect(store.looks.map((names) => names.length)).toEqual([3]);
    expect(request.ledger.entries.map(({ cached, keys, staleKeys }) => ({ cached, keys, staleKeys }))).toEqual([
      { cached: true, keys: 2, staleKeys: 0 },
      { cached: false, keys: 1, staleKeys: 0 },
    ]);
    expect([...second.shared.lookups]).toEqual([{ endpoint: things, found: 2, missed: 1, unusable: 0, unasked: 0 }]);
  });

  test('are then also cached by the other process, which does not look them up again', async () => {
    const [first, second] = [startProcess(), startProcess()];
    await first.rows(['a']);
    await settled();
    const [row] = await second.rows(['a']);
    store.looks.length = 0;
    expect(await second.rows(['a'])).toEqual([row]);
    expect(Object.isFrozen(row)).toBe(true);
    expect(store.looks).toEqual([]);
  });

  test('can be lists', async () => {
    const [first, second] = [startProcess(), startProcess()];
    answer.headers['link'] = '</list?after=l2>; rel="next"';
    const page = await first.page();
    await settled();
    expect(await second.page()).toEqual(page);
    expect(page).toEqual({ rows: [thing('l1'), thing('l2')], hasNext: true });
    expect(asked()).toEqual(['/list']);
  });

  test('can be rows of single gets, which share one lookup', async () => {
    const [first, second] = [startProcess(), startProcess()];
    const keys = Array.from({ length: 20 }, (_, index) => `s${index}`);
    await first.rows(keys, undefined, undefined, singles);
    await settled();
    store.looks.length = 0;
    expect(await second.rows(keys, undefined, undefined, singles)).toEqual(keys.map((key) => thing(key)));
    expect(store.looks.map((names) => names.length)).toEqual([20]);
    expect(service.arrived).toHaveLength(20);
  });

  test('are not shared across properties, service URLs, endpoints or prefixes', async () => {
    const first = startProcess();
    await first.rows(['a'], undefined, ['id', 'size']);
    await settled();
    const others = [
      () => startProcess().rows(['a'], undefined, ['id']),
      () => startProcess('http://library.test').rows(['a'], undefined, ['id', 'size']),
      () => startProcess().rows(['a'], undefined, ['id', 'size'], singles),
      () => startProcess(service.url, 'staging').rows(['a'], undefined, ['id', 'size']),
    ];
    for (const [index, rows] of others.entries()) {
      await rows();
      expect(service.arrived).toHaveLength(index + 2);
    }
    await settled();
    expect(store.values.size).toBe(5);
    await startProcess().rows(['a'], undefined, ['id', 'size']);
    expect(service.arrived).toHaveLength(5);
  });

  test('are read up to the size limit of a response', async () => {
    const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
    await startProcess().rows(keys);
    await settled();
    for (const [name, value] of store.values) {
      const large = { ...JSON.parse(value.text), more: 'x'.repeat(200_000) };
      store.values.set(name, { ...value, text: JSON.stringify(large) });
    }
    const second = startProcess();
    expect(await second.rows(keys)).toEqual(keys.map((key) => thing(key)));
    expect([...second.shared.lookups]).toMatchObject([{ found: 26, missed: 0, unusable: 4, unasked: 0 }]);
    expect(asked().at(-1)).toBe('/things?ids=k26,k27,k28,k29');
  });
});

describe('the age of a shared value', () => {
  test('is preserved: it is never fresher than in its first process', async () => {
    const [first, second] = [startProcess(), startProcess()];
    answer.headers = { 'cache-control': 'public, max-age=60', age: '10' };
    await first.rows(['a']);
    await settled();
    passSeconds(20);
    const request = requestContext();
    await second.rows(['a'], request);
    expect(request.ledger.freshMs()).toBe(30_000);
    passSeconds(31);
    await second.rows(['a']);
    expect(asked()).toEqual(['/things?ids=a', '/things?ids=a']);
  });

  test('is exact to the millisecond', async () => {
    const [first, second] = [startProcess(), startProcess()];
    await first.rows(['a']);
    await settled();
    pass(20_001);
    const request = requestContext();
    await second.rows(['a'], request);
    expect(request.ledger.freshMs()).toBe(39_999);
  });

  test.each([
    ['fresh', 'public, max-age=31536000'],
    ['used while it is fetched anew', 'public, max-age=60, stale-while-revalidate=31536000'],
    ['fresh by a date', 'public'],
  ])('is at most a day when its headers allow it to be %s for longer', async (_what, cacheControl) => {
    await startProcess().rows(['a']);
    await settled();
    const headers = {
      'cache-control': cacheControl,
      expires: 'Fri, 01 Jan 2100 00:00:00 GMT',
      date: 'Fri, 01 Jan 2027 00:00:00 GMT',
      etag: '"v1"',
    };
    const entry = { ...born(), headers, value: thing('a', 7) };
    for (const name of store.values.keys()) store.values.set(name, { text: JSON.stringify(entry), ttlMs: 1 });
    answer.version = 2;
    passSeconds(86_390);
    const second = startProcess();
    expect(await second.rows(['a'])).toEqual([thing('a', 7)]);
    passSeconds(10);
    store.values.clear();
    expect(await second.rows(['a'])).toEqual([thing('a', 2)]);
  });

  test('is at most a day when the service fails', async () => {
    await startProcess().rows(['a']);
    await settled();
    const headers = { 'cache-control': 'public, max-age=60, stale-if-error=31536000' };
    const text = JSON.stringify({ ...born(), headers, value: thing('a', 7) });
    for (const name of store.values.keys()) store.values.set(name, { text, ttlMs: 1 });
    passSeconds(86_390);
    answer.status = 503;
    const second = startProcess();
    expect(await second.rows(['a'])).toEqual([thing('a', 7)]);
    passSeconds(10);
    await expect(second.rows(['a'])).rejects.toThrow('The library service is unavailable.');
  });

  test('is at most a day after a 304 without Cache-Control', async () => {
    await startProcess().page();
    await settled();
    const headers = { 'cache-control': 'public, max-age=31536000', etag: '"v1"' };
    const value = { rows: [thing('l1', 7)], hasNext: false };
    const text = JSON.stringify({ ...born(), headers, value });
    for (const name of store.values.keys()) store.values.set(name, { text, ttlMs: 1 });
    const second = startProcess();
    await second.page();
    passSeconds(86_400);
    answer.headers = {};
    expect(await second.page()).toEqual(value);
    expect(service.arrived.at(-1)?.headers['if-none-match']).toBe('"v1"');
    const request = requestContext();
    await second.page('/list', request);
    expect(request.ledger.freshMs()).toBe(86_400_000);
  });

  test('follows the Cache-Control of a 304, even beyond a day', async () => {
    await startProcess().page();
    await settled();
    const headers = { 'cache-control': 'public, max-age=60', etag: '"v1"' };
    const text = JSON.stringify({ ...born(), headers, value: { rows: [thing('l1', 7)], hasNext: false } });
    for (const name of store.values.keys()) store.values.set(name, { text, ttlMs: 1 });
    const second = startProcess();
    await second.page();
    passSeconds(60);
    answer.headers = { 'cache-control': 'public, max-age=604800' };
    const request = requestContext();
    await second.page('/list', request);
    expect(service.arrived.at(-1)?.headers['if-none-match']).toBe('"v1"');
    expect(request.ledger.freshMs()).toBe(604_800_000);
  });

  test('starts again at a 304', async () => {
    const [first, second] = [startProcess(), startProcess()];
    await first.page();
    passSeconds(100);
    await first.page();
    expect(service.arrived[1]?.headers['if-none-match']).toBe('"v1"');
    await settled();
    passSeconds(10);
    const request = requestContext();
    await second.page('/list', request);
    expect(request.ledger.freshMs()).toBe(50_000);
    expect(service.arrived).toHaveLength(2);
  });

  test('decides about stale use, as in its first process', async () => {
    const [first, second, third] = [startProcess(), startProcess(), startProcess()];
    await first.rows(['a']);
    await settled();
    passSeconds(70);
    answer.version = 2;
    const request = requestContext();
    expect(await second.rows(['a'], request)).toEqual([thing('a', 1)]);
    expect(request.ledger.entries[0]).toMatchObject({ cached: true, staleKeys: 1 });
    await refreshed(2);
    expect(await third.rows(['a'])).toEqual([thing('a', 2)]);
    passSeconds(100);
    answer.status = 503;
    const failing = requestContext();
    const [row] = await startProcess().rows(['a'], failing);
    expect(row).toEqual(thing('a', 2));
    expect(failing.ledger.staleAgeMs(row as object)).toBe(100_000);
  });

  test('avoids a refresh that another process has done', async () => {
    const [first, second] = [startProcess(), startProcess()];
    await first.rows(['a', 'b']);
    await first.page();
    await settled();
    await second.rows(['a', 'b']);
    await second.page();
    passSeconds(70);
    answer.version = 2;
    for (const process of [first, second]) {
      expect(await process.rows(['a', 'b'])).toEqual([thing('a', 1), thing('b', 1)]);
      expect((await process.page()).rows).toEqual([thing('l1', 1), thing('l2', 1)]);
      await refreshed(4);
      expect(await process.rows(['a', 'b'])).toEqual([thing('a', 2), thing('b', 2)]);
      expect((await process.page()).rows).toEqual([thing('l1', 2), thing('l2', 2)]);
    }
    expect(service.arrived).toHaveLength(4);
  });
});

describe('never shared', () => {
  test.each([
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['public and private', { 'cache-control': 'public, private="x", max-age=60' }],
    ['no-store', { 'cache-control': 'public, no-store, max-age=60' }],
    ['not said to be public', { 'cache-control': 'max-age=60' }],
    ['silent', {}],
    ['with a cookie', { 'cache-control': 'public, max-age=60', 'set-cookie': 'a=b' }],
    ['different by caller', { 'cache-control': 'public, max-age=60', vary: 'X-Member-Id' }],
  ])('is a response that is %s', async (_what, headers) => {
    answer.headers = headers as Record<string, string>;
    const { rows, page, shared } = startProcess();
    await rows(['a']);
    await page();
    await settled();
    expect(service.arrived).toHaveLength(2);
    expect(store.values.size).toBe(0);
    expect(shared.writes.written).toBe(0);
  });

  test('is a row of a private endpoint, which is neither written nor looked up', async () => {
    const { rows } = startProcess();
    await rows(['a'], undefined, undefined, privateThings);
    await settled();
    expect(store.looks).toEqual([]);
    expect(store.values.size).toBe(0);
  });

  test('is a missing row', async () => {
    const { rows, shared } = startProcess();
    expect(await rows(['missing', 'a'])).toEqual([null, thing('a')]);
    await settled();
    expect(store.values.size).toBe(1);
    // The other change deletes the entry of another process.
    expect(shared.writes.written).toBe(2);
  });

  test('is a row that is no longer public or no longer exists: it is deleted', async () => {
    const { rows, page } = startProcess();
    await rows(['a']);
    await page();
    await settled();
    expect(store.values.size).toBe(2);
    passSeconds(1_000);
    answer.headers = { 'cache-control': 'private' };
    await rows(['a']);
    await page();
    await settled();
    expect(store.values.size).toBe(0);
  });

  test('is a row that is no longer public: it is deleted with all its sets of properties', async () => {
    const { rows } = startProcess();
    await rows(['a', 'b'], undefined, ['id', 'size']);
    await rows(['a', 'b'], undefined, ['color', 'id']);
    await settled();
    expect(store.values.size).toBe(4);
    passSeconds(1_000);
    answer.headers = { 'cache-control': 'no-store' };
    await rows(['a'], undefined, ['id', 'weight']);
    await settled();
    expect([...store.values.keys()].map((name) => name.at(-1))).toEqual(['b', 'b']);
  });

  test.each([
    ['is private now', 'a', { 'cache-control': 'private' }],
    ['is not there any more', 'missing', { 'cache-control': CACHE_CONTROL }],
  ])('is a row that %s and that only another process had: it is deleted', async (_what, key, headers) => {
    const [first, second] = [startProcess(), startProcess()];
    await first.rows(['b', 'a']);
    await settled();
    const [, name = ''] = store.values.keys();
    const nameOfRow = `${name.slice(0, -1)}${key}`;
    store.values.set(nameOfRow, { text: 'of another process', ttlMs: 60_000 });
    await second.rows(['b']);
    store.read = () => Promise.reject(new Error('offline for a moment'));
    answer.headers = headers;
    await second.rows([key]);
    await settled();
    expect(store.values.has(nameOfRow)).toBe(false);
  });

  test('is a row whose older response still waits to be written', async () => {
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
    const { write } = store;
    store.write = async (changes) => {
      await thawed;
      return write.call(store, changes);
    };
    const { rows } = startProcess();
    await rows(['b']);
    await settled();
    // More sets of properties than the cache stores: only the queue knows the first one.
    for (const color of ['red', 'green', 'blue', 'black', 'white']) await rows(['a'], undefined, ['id', color]);
    answer.headers = { 'cache-control': 'private' };
    await rows(['a'], undefined, ['id', 'size']);
    thaw();
    await settled();
    expect([...store.values.keys()].map((name) => name.at(-1))).toEqual(['b']);
  });

  test('is a row of an endpoint that was never public: nothing is deleted', async () => {
    answer.headers = { 'cache-control': 'private' };
    const { rows, shared } = startProcess();
    for (let count = 0; count < 3; count += 1) await rows(['a', 'b', 'missing']);
    await settled();
    expect(shared.writes).toMatchObject({ written: 0, failed: 0, dropped: 0, waiting: 0 });
  });

  test('is a response under an injected fault', async () => {
    const { rows } = startProcess();
    const drills = [{ service: 'library', kind: 'slow', ms: 1 }] as const;
    await rows(['a'], requestContext({ drills }));
    await settled();
    expect(store.looks).toEqual([]);
    expect(store.values.size).toBe(0);
  });
});

describe('a lookup', () => {
  test('delays calls, which still belong to the wave in which it began', async () => {
    const { rows, page } = startProcess();
    const request = requestContext();
    const { ledger } = request;
    const answers: (() => void)[] = [];
    store.read = (names) =>
      new Promise((resolve) => answers.push(() => resolve({ values: names.map(() => null), storeMs: 0 })));
    const loaded = Promise.all([rows(['a'], request), page('/list', request)]);
    ledger.end(ledger.begin('members', 'GET /members', 1));
    const later = rows(['b'], request);
    for (const answer of answers) answer();
    await Promise.all([loaded, later]);
    expect(ledger.entries.map(({ endpoint, wave }) => [endpoint, wave])).toEqual([
      ['GET /members', 1],
      ['GET /things?ids', 1],
      ['GET /list', 1],
      ['GET /things?ids', 2],
    ]);
  });
});

describe('an unavailable store', () => {
  test('leaves rows to the service, and gets no writes', async () => {
    store.read = () => Promise.reject(new Error('offline'));
    const { rows, shared } = startProcess();
    for (let count = 0; count < 6; count += 1) expect(await rows([`k${count}`])).toEqual([thing(`k${count}`)]);
    await settled();
    expect([...shared.lookups][0]).toMatchObject({ found: 0, missed: 0, unasked: 6 });
    expect(shared.writes).toMatchObject({ written: 4, dropped: 2 });
  });

  test('still gets deletions', async () => {
    const { rows, shared } = startProcess();
    await rows(['a']);
    await settled();
    expect(store.values.size).toBe(1);
    store.read = () => Promise.reject(new Error('offline'));
    for (let count = 0; count < 5; count += 1) await rows([`k${count}`]);
    expect(shared.reads.isClosed).toBe(false);
    passSeconds(1_000);
    answer.headers = { 'cache-control': 'private' };
    await rows(['a']);
    await settled();
    expect([...store.values.keys()].filter((name) => name.endsWith(':a'))).toEqual([]);
  });
});

describe('invalid entries in the store', () => {
  const BORN = 1_800_000_000_000;
  const HEADERS = { 'cache-control': CACHE_CONTROL };
  const entry = (changes: object) =>
    JSON.stringify({ bornByStore: BORN, bornByWriter: BORN, headers: HEADERS, value: thing('a', 7), ...changes });

  /** The result of a process that finds this text in place of its row and its list. */
  async function read(text: string): Promise<{ row: unknown; rows: unknown; shared: SharedCache }> {
    const first = startProcess();
    await first.rows(['a']);
    await first.page('/list?limit=2');
    await settled();
    for (const [name, value] of store.values) store.values.set(name, { ...value, text });
    const second = startProcess();
    const [row] = await second.rows(['a']);
    const { rows } = await second.page('/list?limit=2');
    return { row, rows, shared: second.shared };
  }

  test('are the reason for the misses: a valid entry is used', async () => {
    expect(await read(entry({}))).toMatchObject({ row: thing('a', 7) });
    const rows = [thing('x', 7)];
    expect(await read(entry({ value: { rows, hasNext: false } }))).toMatchObject({ rows });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '<html>'],
    ['cut short', '{"bornByStore":1800000000000,"headers":{"cache-con'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '1'],
    ['bytes', '\u0000\ufffd'],
    ['brackets', '['.repeat(200_000)],
    ['too large', entry({ more: 'x'.repeat(300_000) })],
    ['without its birth', entry({ bornByStore: undefined })],
    ['without its birth by the writer', entry({ bornByWriter: undefined })],
    ['born by a text', entry({ bornByStore: String(BORN) })],
    ['of the future', entry({ bornByStore: BORN + 2_000, bornByWriter: BORN + 2_000 })],
    ['older than a day', entry({ bornByStore: BORN - 86_401_000 })],
    ['older than a day by its writer', entry({ bornByWriter: BORN - 86_401_000 })],
    ['older than the world', entry({ bornByStore: -1e308 })],
    ['born by a number that is none', entry({}).replace(String(BORN), '-1e999')],
    ['without headers', entry({ headers: undefined })],
    ['with headers that are none', entry({ headers: 'public, max-age=60' })],
    ['with a header that is no text', entry({ headers: { ...HEADERS, etag: { a: 1 } } })],
    ['with a header that would be two', entry({ headers: { ...HEADERS, etag: '"a"\r\nX-Member-Id: m_1' } })],
    ['with a header that no service takes', entry({ headers: { ...HEADERS, etag: 'x'.repeat(100_000) } })],
    ['private', entry({ headers: { 'cache-control': 'private, max-age=60' } })],
    ['silent on keeping', entry({ headers: {} })],
    ['with a value that is no row', entry({ value: 'a' })],
    ['without a value', entry({ value: undefined })],
    ['with null for a row', entry({ value: null })],
    ['with another row', entry({ value: thing('b', 7) })],
    ['with a row whose key is a list', entry({ value: { id: ['a'] } })],
    ['with a row whose key is no text at all', entry({ value: { id: { toString: 1, valueOf: 1 } } })],
    ['with a row without its key', entry({ value: { size: 7 } })],
    ['with a list of no rows', entry({ value: { rows: [1], hasNext: false } })],
    ['with a list of rows without keys', entry({ value: { rows: [{ size: 7 }], hasNext: false } })],
    ['with a list that does not say whether it ends', entry({ value: { rows: [] } })],
    [
      'with a list of more than was asked for',
      entry({ value: { rows: ['a', 'b', 'c'].map((id) => thing(id, 7)), hasNext: false } }),
    ],
  ])('%s is a miss', async (_what, text) => {
    const { row, rows, shared } = await read(text);
    expect(row).toEqual(thing('a'));
    expect(rows).toEqual([thing('l1'), thing('l2')]);
    expect([...shared.lookups]).toMatchObject([
      { found: 0, missed: 0, unusable: 1, unasked: 0 },
      { found: 0, missed: 0, unusable: 1, unasked: 0 },
    ]);
    expect(service.arrived).toHaveLength(4);
  });
});
