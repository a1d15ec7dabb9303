import { usedShare } from '@facet/server/internal/telemetry/overfetch-meter.ts';
import { type RunningBff, recordWaves, startBff, until } from '@facet/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ReferenceServices, startReferenceServices } from '../../examples/testing/reference-services.ts';
import { bff } from './bff.ts';

let services: ReferenceServices;
let mobile: RunningBff;

beforeAll(async () => {
  services = await startReferenceServices();
  mobile = await startBff(bff, services.urls);
});
afterAll(async () => {
  await mobile[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

describe('Home', () => {
  test('makes 3 calls in 1 wave', async () => {
    services.arrived.length = 0;
    const waves = recordWaves(services);
    const { status, data, errors } = await mobile.screen('Home');
    services.gate = () => {};
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(waves).toEqual([['catalog', 'orders', 'users']]);
    expect(services.arrived.map(({ url }) => url).sort()).toEqual([
      '/orders?limit=3&fields=currency,id,itemCount,placedAt,status,totalCents',
      '/promos?fields=endsAt,id,imageUrl,title',
      '/users?ids=u_42&fields=avatarUrl,firstName,id',
    ]);
    expect(data.home).toMatchObject({ greeting: 'Hi Ada', avatar: `${services.urls.users}/avatars/u_42.svg` });
    expect(data.home.recentOrders).toHaveLength(3);
    expect(data.home.recentOrders[0]).toEqual({
      id: 'o_7',
      status: 'shipped',
      total: 42,
      currency: 'USD',
      itemCount: 2,
      placedAt: '2026-10-31T12:00:00.000Z',
    });
    expect(data.home.promos).toHaveLength(5);
  });

  test('sends each service what it has to know', async () => {
    services.arrived.length = 0;
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const headers = { 'x-request-id': 'r-1', traceparent, baggage: 'k=v', 'x-request-timeout-ms': '2500' };
    const answer = await mobile.screen('Home', {}, headers);
    expect(services.arrived).toHaveLength(3);
    for (const { service, headers: sent } of services.arrived) {
      expect(sent).toMatchObject({ 'x-request-id': 'r-1', traceparent, baggage: 'k=v' });
      expect(sent['x-user-id']).toBe(service === 'catalog' ? undefined : 'u_42');
      expect(Number(sent['x-request-timeout-ms'])).toBeGreaterThan(0);
      expect(Number(sent['x-request-timeout-ms'])).toBeLessThan(2_500);
    }
    expect(answer.headers.get('x-request-id')).toBe('r-1');
    expect(answer.headers.get('server-timing')).toMatch(/^total;dur=[\d.]+, (\w+;dur=[\d.]+(, )?){3}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('pages through all orders, each once', async () => {
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const { data } = await mobile.query(
        'query($after: ID) { home { recentOrders(first: 60, after: $after) { id } } }',
        { after },
      );
      const page: { id: string }[] = data.home.recentOrders;
      seen.push(...page.map(({ id }) => id));
      if (page.length < 60) break;
    }
    expect(seen.length).toBeGreaterThan(120);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen[0]).toBe('o_7');
  });

  test('the same list twice is one call, another one is another', async () => {
    services.arrived.length = 0;
    const { data } = await mobile.query(
      '{ home { a: recentOrders { id } b: recentOrders { id total } c: recentOrders(first: 5) { id } } }',
    );
    expect(services.arrived.map(({ url }) => url).sort()).toEqual([
      '/orders?limit=3&fields=currency,id,totalCents',
      '/orders?limit=5&fields=currency,id,totalCents',
    ]);
    expect(data.home.a).toHaveLength(3);
    expect(data.home.c).toHaveLength(5);
  });

  test('of an unknown user has no greeting and no error', async () => {
    const { data, errors } = await mobile.screen('Home', {}, { 'X-User-Id': 'u_0' });
    expect(errors).toEqual([]);
    expect(data.home).toMatchObject({ greeting: null, avatar: null, recentOrders: [] });
  });
});

describe('what is fetched', () => {
  /** The share of the property bytes that a screen, asked for once, fetched and used. */
  async function shareOf(name: string, variables: object): Promise<number | undefined> {
    await using running = await startBff(bff, services.urls, { MEASURE_EVERY: '1' });
    expect((await running.screen(name, variables)).errors).toEqual([]);
    await until(() => running.waste.screens.length > 0);
    const [screen] = running.waste.screens;
    expect(screen?.screen).toBe(name);
    return usedShare(screen?.endpoints ?? []);
  }

  test('for Home is used, four fifths of it at the least', async () => {
    expect(await shareOf('Home', bff.examples['Home'] ?? {})).toBeGreaterThanOrEqual(0.8);
  });

  test('for OrderDetail is more than is used: of the address it shows two parts', async () => {
    const share = await shareOf('OrderDetail', bff.examples['OrderDetail'] ?? {});
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(1);
  });
});

describe('OrderDetail', () => {
  test('makes 2 calls in 2 waves', async () => {
    services.arrived.length = 0;
    const waves = recordWaves(services);
    const { data, errors } = await mobile.screen('OrderDetail', { id: 'o_7' });
    services.gate = () => {};
    expect(waves).toEqual([['orders'], ['catalog']]);
    expect(services.arrived.map(({ url }) => url)).toEqual([
      '/orders?ids=o_7&fields=currency,id,itemCount,items,placedAt,shippingAddress,status,totalCents,trackingNumber',
      '/products?ids=p_7&fields=id,imageUrl,name',
    ]);
    expect(errors).toEqual([]);
    expect(data.order).toMatchObject({
      id: 'o_7',
      total: 42,
      trackingNumber: 'TRK0000000007',
      shipTo: expect.stringMatching(/^.+, US$/),
      items: [
        {
          productId: 'p_7',
          name: expect.any(String),
          imageUrl: `${services.urls.catalog}/images/p_7.svg`,
          unitPrice: 21,
        },
      ],
    });
  });

  test.each(['o_0', 'nothing', '../users', 'SKU/123', 'x'.repeat(512)])('of the unknown id %j is null', async (id) => {
    expect(await mobile.screen('OrderDetail', { id })).toMatchObject({
      status: 200,
      data: { order: null },
      errors: [],
    });
  });

  test.each(['', 'o_7,o_8', 'o_7\n', 'x'.repeat(513)])('of %j, which no order can have, is an error', async (id) => {
    expect(await mobile.screen('OrderDetail', { id })).toMatchObject({
      status: 200,
      data: { order: null },
      errors: [{ path: ['order'], extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('of another user is null', async () => {
    const answer = await mobile.screen('OrderDetail', { id: 'o_7' }, { 'X-User-Id': 'u_1' });
    expect(answer).toMatchObject({ data: { order: null }, errors: [] });
  });
});
