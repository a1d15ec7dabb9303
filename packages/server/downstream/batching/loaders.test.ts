import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../request/errors.ts';
import { commaSeparated, type IdStyle, inBody, inPath, repeated, template } from '../id-style.ts';
import { bareArray, dictionary, envelope, type RowShape } from '../row-shape.ts';
import { Loaders } from './loaders.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
}

const thing = (id: string): Thing => ({ id, name: `thing ${id}` });
const endpointOf = (ids: IdStyle, path = '/things', rows?: RowShape) =>
  batchOf<Thing>()({ service: 'library', path, rowKey: 'id', ids, maxBatch: 100, ...(rows ? { rows } : {}) });
const things = endpointOf(commaSeparated('ids'));

/** Returns the things of `?ids=` in reverse order, without "missing" and with an unrequested one. */
const startThings = () =>
  startLocalService((request, response) => {
    const ids = new URL(request.url, 'http://x').searchParams.get('ids')?.split(',') ?? [];
    json(response, [
      thing('extra'),
      ...ids
        .filter((id) => id !== 'missing')
        .reverse()
        .map(thing),
    ]);
  });

describe('a batch', () => {
  test('has all keys of one tick once, and matches rows by key', async () => {
    await using service = await startThings();
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const loaded = await Promise.all(['a', 'b', 'a', 'missing', 'c'].map((id) => loaders.load(things, id)));
    expect(loaded).toEqual([thing('a'), thing('b'), thing('a'), null, thing('c')]);
    expect(service.arrived.map(({ url }) => url)).toEqual(['/things?ids=a,b,missing,c']);
  });

  test('is cached for its operation only', async () => {
    await using service = await startThings();
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    await loaders.load(things, 'a');
    await loaders.load(things, 'a');
    expect(service.arrived).toHaveLength(1);
    await new Loaders(fetcher.rows, requestContext()).load(things, 'a');
    expect(service.arrived).toHaveLength(2);
  });

  test('has at most maxBatch keys, and fails only its own when it fails', async () => {
    await using service = await startLocalService((request, response) => {
      const ids = new URL(request.url, 'http://x').searchParams.get('ids')?.split(',') ?? [];
      if (ids.includes('t100')) response.writeHead(500).end();
      else json(response, ids.map(thing));
    });
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const keys = Array.from({ length: 250 }, (_, index) => `t${index}`);
    const results = await Promise.allSettled(keys.map((key) => loaders.load(things, key)));
    const sizes = service.arrived.map(({ url }) => url.split(',').length);
    expect(sizes.sort()).toEqual([100, 100, 50]);
    results.forEach((result, index) => {
      if (index >= 100 && index < 200) expect(result).toMatchObject({ reason: { code: ErrorCode.ServiceUnavailable } });
      else expect(result).toEqual({ status: 'fulfilled', value: thing(`t${index}`) });
    });
  });

  test('of one key with a 404 is null; of several keys it is bisected', async () => {
    await using service = await startLocalService((_request, response) => response.writeHead(404).end());
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    expect(await loaders.load(things, 'a')).toBeNull();
    expect(await Promise.all([loaders.load(things, 'b'), loaders.load(things, 'c')])).toEqual([null, null]);
    expect(service.arrived.map(({ url }) => url)).toEqual([
      '/things?ids=a',
      '/things?ids=b,c',
      '/things?ids=b',
      '/things?ids=c',
    ]);
  });
});

describe('ids and rows of other services', () => {
  const found = ['b', 'a'].map(thing);
  const dictionaryOfTwo = { a: { name: 'thing a' }, b: { name: 'thing b' }, c: null };
  test.each<[string, IdStyle, RowShape, unknown, string, string]>([
    ['comma list', commaSeparated('ids'), bareArray(), found, '/things?ids=a,b,c', ''],
    ['repeated parameter', repeated('id'), bareArray(), found, '/things?id=a&id=b&id=c', ''],
    ['template', template('id', 'in.({ids})'), bareArray(), found, '/things?id=in.(a,b,c)', ''],
    ['POST body', inBody('ids'), bareArray(), found, '/things', '{"ids":["a","b","c"]}'],
    ['envelope', commaSeparated('ids'), envelope('data.items'), { data: { items: found } }, '/things?ids=a,b,c', ''],
    ['dictionary', commaSeparated('ids'), dictionary(), dictionaryOfTwo, '/things?ids=a,b,c', ''],
    [
      'dictionary below a name',
      commaSeparated('ids'),
      dictionary('by'),
      { by: dictionaryOfTwo },
      '/things?ids=a,b,c',
      '',
    ],
  ])('%s', async (_what, ids, rows, body, url, sent) => {
    await using service = await startLocalService((_request, response) => json(response, body));
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const endpoint = endpointOf(ids, '/things', rows);
    const loaded = await Promise.all(['a', 'b', 'c'].map((id) => loaders.load(endpoint, id)));
    expect(loaded.map((row) => row?.name)).toEqual(['thing a', 'thing b', undefined]);
    expect(service.arrived).toMatchObject([{ url, body: sent, method: sent ? 'POST' : 'GET' }]);
    if (sent) expect(service.arrived[0]?.headers['content-type']).toBe('application/json');
  });

  test('single gets run eight at a time, and fail alone', async () => {
    let open = 0;
    let most = 0;
    await using service = await startLocalService(async (request, response) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      const id = request.url.slice('/things/'.length);
      if (id === 't3') response.writeHead(404).end();
      else if (id === 't5') response.writeHead(500).end();
      else json(response, thing(id));
    });
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const keys = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const results = await Promise.allSettled(
      keys.map((key) => loaders.load(endpointOf(inPath(), '/things/{id}'), key)),
    );
    results.forEach((result, index) => {
      if (index === 5) expect(result).toMatchObject({ reason: { code: ErrorCode.ServiceUnavailable } });
      else expect(result).toMatchObject({ value: index === 3 ? null : thing(`t${index}`) });
    });
    expect(service.arrived).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(8);
  });

  test.each<[string, RowShape, unknown]>([
    ['an object for an array', bareArray(), { id: 'a' }],
    ['a number for a row', bareArray(), [7]],
    ['a row without its key', bareArray(), [{ name: 'x' }]],
    ['no envelope', envelope('data.items'), []],
    ['nothing in the envelope', envelope('data.items'), { data: null }],
    ['an array for a dictionary', dictionary(), [thing('a')]],
    ['a text for a row of a dictionary', dictionary(), { a: 'x' }],
  ])('%s is a bad response', async (_what, rows, body) => {
    await using service = await startLocalService((_request, response) => json(response, body));
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    await expect(loaders.load(endpointOf(commaSeparated('ids'), '/things', rows), 'a')).rejects.toMatchObject({
      code: ErrorCode.ServiceBadResponse,
      service: 'library',
    });
  });

  test('null in place of a row is ignored, and numbers may be keys', async () => {
    await using service = await startLocalService((_request, response) =>
      json(response, [null, { id: 7, name: 'seven' }]),
    );
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const loaded = await Promise.all([loaders.load(things, 'a'), loaders.load(things, '7')]);
    expect(loaded).toEqual([null, { id: 7, name: 'seven' }]);
  });
});

describe('a list', () => {
  const list = listOf<Thing>()({ service: 'library', path: '/things', params: ['limit', 'after'], rowKey: 'id' });
  const readings = listOf<Thing>()({ service: 'library', path: '/readings', params: ['limit'], rowKey: 'id' });

  test('is fetched once per operation and parameters, without absent ones', async () => {
    await using service = await startLocalService((_request, response) =>
      json(response, [thing('a')], { link: '</things?after=a>; rel="next"' }),
    );
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const pages = await Promise.all([
      loaders.list(list, { limit: 1, after: null }),
      loaders.list(list, { limit: 1 }),
      loaders.list(list, { limit: 1, after: 'a&b' }),
    ]);
    expect(pages[0]).toEqual({ rows: [thing('a')], hasNext: true });
    expect(pages[1]).toBe(pages[0]);
    expect(service.arrived.map(({ url }) => url)).toEqual(['/things?limit=1', '/things?limit=1&after=a%26b']);
  });

  test.each([
    ['were asked for', list, { limit: 2 }, 2],
    ['the OpenAPI document allows', readings, {}, 20],
    ['exist, without any limit', list, {}, 25],
  ])('has at most as many rows as %s, even if the service sends more', async (_what, endpoint, params, most) => {
    const rows = Array.from({ length: 25 }, (_, index) => thing(String(index)));
    await using service = await startLocalService((_request, response) => json(response, rows));
    await using fetcher = fetcherFor(service.url);
    const page = await new Loaders(fetcher.rows, requestContext()).list(endpoint, params);
    expect(page).toEqual({ rows: rows.slice(0, most), hasNext: most < 25 });
  });

  test.each([[{}], [[null]], [[{ name: 'x' }]]])('of a wrong shape is a bad response: %j', async (body) => {
    await using service = await startLocalService((_request, response) => json(response, body));
    await using fetcher = fetcherFor(service.url);
    await expect(new Loaders(fetcher.rows, requestContext()).list(list, {})).rejects.toMatchObject({
      code: ErrorCode.ServiceBadResponse,
    });
  });

  test('with a 404 is rejected: an empty list would hide a wrong path', async () => {
    await using service = await startLocalService((_request, response) => response.writeHead(404).end());
    await using fetcher = fetcherFor(service.url);
    await expect(new Loaders(fetcher.rows, requestContext()).list(list, {})).rejects.toMatchObject({
      code: ErrorCode.ServiceRejected,
    });
  });
});
