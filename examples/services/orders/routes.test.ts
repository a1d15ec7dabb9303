import { afterAll, describe, expect, test } from '@jest/globals';
import { documentedGet, everyPage, nextPage } from '../../testing/openapi.ts';
import { startReferenceServices } from '../../testing/reference-services.ts';
import type { Order } from '../data/model.ts';

const services = await startReferenceServices();
const get = documentedGet('orders', services.urls.orders);
const ada = { 'x-user-id': 'u_42' };
const partner = { 'x-partner-id': 'pa_1' };

const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `o_${first + index}`).join();
/** All that a caller may see of the 400 orders, found without paging. */
const byIds = async (headers: Record<string, string>) =>
  (
    await Promise.all([1, 101, 201, 301].map((first) => get<Order[]>(`/orders?ids=${idsFrom(first, 100)}`, headers)))
  ).flatMap(({ body }) => body);
const newestFirst = (orders: Order[]) => orders.toSorted((a, b) => Date.parse(b.placedAt) - Date.parse(a.placedAt));

afterAll(async () => services[Symbol.asyncDispose]());

describe('whose orders', () => {
  test('a user sees only her own orders', async () => {
    const orders = await byIds(ada);
    expect(orders.length).toBeGreaterThan(100);
    expect(new Set(orders.map((order) => order.userId))).toEqual(new Set(['u_42']));
  });

  test('a partner sees those that came through it, of any user', async () => {
    const orders = await byIds(partner);
    expect(new Set(orders.map((order) => order.partnerId))).toEqual(new Set(['pa_1']));
    expect(new Set(orders.map((order) => order.userId)).size).toBeGreaterThan(1);
    expect((await get('/orders/o_7', partner)).status).toBe(200);
  });

  test.each([
    ['another user', { 'x-user-id': 'u_1' }],
    ['another partner', { 'x-partner-id': 'pa_2' }],
    ["a user whose id is a partner's", { 'x-user-id': 'pa_1' }],
    ['SQL', { 'x-user-id': "u_42' OR '1'='1" }],
  ])('to %s, o_7 is not there', async (_who, headers) => {
    expect((await get('/orders/o_7', headers)).status).toBe(404);
    expect((await get('/orders?ids=o_7', headers)).body).toEqual([]);
    expect((await get('/orders?after=o_7', headers)).body).toEqual([]);
    const { body } = await get<Order[]>('/orders?limit=100', headers);
    expect(body.map((order) => order.id)).not.toContain('o_7');
  });

  test.each(['/orders', '/orders?ids=o_7', '/orders/o_7', '/orders/o_999999', '/orders/o_7?fields=nope'])(
    'without identity %s is a 401',
    async (path) => {
      expect((await get(path)).status).toBe(401);
      expect((await get(path, { 'x-user-id': '' })).status).toBe(401);
    },
  );
});

describe('orders by id', () => {
  test('o_7 is the shipped order of 42 dollars', async () => {
    const { body } = await get<Order>('/orders/o_7', ada);
    expect(body).toMatchObject({ id: 'o_7', status: 'shipped', totalCents: 4200, currency: 'USD', partnerId: 'pa_1' });
  });

  test('several are those that exist, each once', async () => {
    const { body } = await get<Order[]>('/orders?ids=o_7,o_999999,o_1,o_7', ada);
    expect(body.map((order) => order.id).sort()).toEqual(['o_1', 'o_7']);
  });

  test('may be 1 to 100', async () => {
    expect((await get('/orders?ids=', ada)).status).toBe(400);
    expect((await get<Order[]>(`/orders?ids=${idsFrom(1, 1)}`, ada)).body).toHaveLength(1);
    expect((await get<Order[]>(`/orders?ids=${idsFrom(1, 100)}`, ada)).body).toHaveLength(100);
    expect((await get(`/orders?ids=${idsFrom(1, 101)}`, ada)).status).toBe(400);
  });

  test.each([
    ['unknown', 'o_999999', 404],
    ['SQL', encodeURIComponent("o_7' OR '1'='1"), 404],
    ['JSON', encodeURIComponent('","o_7'), 404],
    ['not well-formed', '%E0%A4%A', 400],
  ])('%s is a problem', async (_what, id, status) => {
    expect(await get(`/orders/${id}`, ada)).toMatchObject({ status, body: { type: 'about:blank', status } });
  });
});

describe('pages', () => {
  test.each([7, 20, 100])('of %i walk all of her orders once, newest first', async (limit) => {
    const pages = await everyPage<Order>(get, `/orders?limit=${limit}`, ada);
    expect(pages.flat()).toEqual(newestFirst(await byIds(ada)));
    expect(pages[0]?.[0]?.id).toBe('o_7');
    expect(new Set(pages.slice(0, -1).map((page) => page.length))).toEqual(new Set([limit]));
  });

  test('of a partner too', async () => {
    const pages = await everyPage<Order>(get, '/orders?limit=2', partner);
    expect(pages.flat()).toEqual(newestFirst(await byIds(partner)));
  });

  test('have 20 rows by default', async () => {
    expect((await get<Order[]>('/orders', ada)).body).toHaveLength(20);
  });

  test('have a Link header only if there are more rows', async () => {
    const all = (await byIds(partner)).length;
    expect(nextPage((await get(`/orders?limit=${all}`, partner)).headers)).toBeUndefined();
    expect(nextPage((await get(`/orders?limit=${all - 1}`, partner)).headers)).toBeDefined();
    expect(nextPage((await get('/orders?ids=o_7', ada)).headers)).toBeUndefined();
  });

  test('after an unknown order are empty', async () => {
    const { body, headers } = await get('/orders?after=o_999999', ada);
    expect(body).toEqual([]);
    expect(nextPage(headers)).toBeUndefined();
  });

  test.each(['limit=0', 'limit=101', 'limit=abc', 'limit=-1', 'limit=1.5', 'limit=', 'limit=1&limit=2'])(
    '%s is a 400',
    async (query) => {
      expect((await get(`/orders?${query}`, ada)).status).toBe(400);
    },
  );
});

describe('fields', () => {
  test('cut the rows to those that a row has, on every page', async () => {
    const whole = await everyPage<Order>(get, '/orders?limit=50', ada);
    const cut = await everyPage<Order>(get, '/orders?limit=50&fields=status,trackingNumber,partnerId', ada);
    expect(cut.flat()).toEqual(
      whole.flat().map(({ id, status, trackingNumber, partnerId }) => ({ id, status, trackingNumber, partnerId })),
    );
  });

  test('may be all that an order has', async () => {
    const { body } = await get<Order>('/orders/o_7', ada);
    expect(Object.keys(body)).toEqual(expect.arrayContaining(['partnerId', 'trackingNumber']));
    expect((await get(`/orders/o_7?fields=${Object.keys(body)}`, ada)).body).toEqual(body);
  });

  test.each(['/orders?fields=nope', '/orders?ids=o_7&fields=id,nope', '/orders/o_7?fields=__proto__'])(
    'with an unknown one are a 400: %s',
    async (path) => {
      expect((await get(path, ada)).status).toBe(400);
    },
  );
});
