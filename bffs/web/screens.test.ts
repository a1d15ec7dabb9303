import { type RunningBff, recordWaves, startBff } from '@facet/testing';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ReferenceServices, startReferenceServices } from '../../examples/testing/reference-services.ts';
import { bff } from './bff.ts';

let services: ReferenceServices;
let web: RunningBff;

beforeAll(async () => {
  services = await startReferenceServices();
  web = await startBff(bff, services.urls);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

interface Item {
  readonly product: { readonly id: string; readonly name: string } | null;
}

describe('Dashboard', () => {
  test.each([10, 25])('makes 4 calls in 2 waves for %i orders', async (first) => {
    services.arrived.length = 0;
    const waves = recordWaves(services);
    const { data, errors } = await web.screen('Dashboard', { first });
    services.gate = () => {};
    expect(errors).toEqual([]);
    expect(waves).toEqual([['catalog', 'orders', 'users'], ['catalog']]);
    const urls = services.arrived.map(({ url }) => url.replace(/ids=p_[^&]+/, 'ids=…')).sort();
    expect(urls).toEqual([
      `/orders?limit=${first}&fields=currency,id,items,placedAt,status,totalCents`,
      '/products?ids=…&fields=id,imageUrl,name',
      '/promos?fields=body,endsAt,id,imageUrl,title',
      '/users?ids=u_42&fields=avatarUrl,createdAt,email,firstName,id,lastName',
    ]);
    expect(data.dashboard.profile).toMatchObject({ id: 'u_42', name: 'Ada Lovelace' });
    expect(data.dashboard.orders).toHaveLength(first);
    const items: Item[] = data.dashboard.orders.flatMap((order: { items: Item[] }) => order.items);
    expect(items.every(({ product }) => product?.name)).toBe(true);
  });

  test('makes one more call per further 100 products', async () => {
    services.arrived.length = 0;
    const waves = recordWaves(services);
    const { data } = await web.screen('Dashboard', { first: 100 });
    services.gate = () => {};
    const items: Item[] = data.dashboard.orders.flatMap((order: { items: Item[] }) => order.items);
    const distinct = new Set(items.map(({ product }) => product?.id));
    expect(distinct.size).toBeGreaterThan(100);
    expect(waves).toEqual([
      ['catalog', 'orders', 'users'],
      ['catalog', 'catalog'],
    ]);
    const batches = services.arrived
      .filter(({ url }) => url.startsWith('/products'))
      .map(({ url }) => new URL(url, 'http://x').searchParams.get('ids')?.split(',').length);
    expect(batches).toEqual([100, distinct.size - 100]);
  });

  test('shows the newest orders first, and the page after', async () => {
    const ids = async (after?: string): Promise<string[]> =>
      (await web.screen('Dashboard', { first: 50, after })).data.dashboard.orders.map(({ id }: { id: string }) => id);
    const first = await ids();
    const second = await ids(first.at(-1));
    expect(first[0]).toBe('o_7');
    expect(new Set([...first, ...second]).size).toBe(100);
  });
});

test('MoreOrders makes 2 calls in 2 waves, for the orders that Dashboard has left', async () => {
  const all = await web.screen('Dashboard', { first: 30 });
  const last = all.data.dashboard.orders[9].id;
  services.arrived.length = 0;
  const waves = recordWaves(services);
  const { data, errors } = await web.screen('MoreOrders', { after: last });
  services.gate = () => {};
  expect(errors).toEqual([]);
  expect(waves).toEqual([['orders'], ['catalog']]);
  expect(services.arrived.map(({ url }) => url.replace(/ids=p_[^&]+/, 'ids=…'))).toEqual([
    `/orders?limit=20&after=${last}&fields=currency,id,items,placedAt,status,totalCents`,
    '/products?ids=…&fields=id,imageUrl,name',
  ]);
  expect(data.dashboard.orders).toEqual(all.data.dashboard.orders.slice(10));
});

test('OrderPage makes 2 calls in 2 waves', async () => {
  services.arrived.length = 0;
  const waves = recordWaves(services);
  const { data } = await web.screen('OrderPage', { id: 'o_7' });
  services.gate = () => {};
  expect(services.arrived.map(({ url }) => url)).toEqual([
    '/orders?ids=o_7&fields=currency,id,itemCount,items,placedAt,shippingAddress,status,totalCents,trackingNumber',
    '/products?ids=p_7&fields=category,description,id,imageUrl,name,stock',
  ]);
  expect(waves).toEqual([['orders'], ['catalog']]);
  expect(data.order).toMatchObject({
    id: 'o_7',
    status: 'shipped',
    total: { amount: 42, currency: 'USD', formatted: '$42.00' },
    items: [{ quantity: 2, product: { id: 'p_7' } }],
    shippingAddress: { country: 'US' },
  });
});

test('ProductPage makes 1 call', async () => {
  services.arrived.length = 0;
  const waves = recordWaves(services);
  const { data } = await web.screen('ProductPage', { id: 'p_7' }, { 'accept-language': 'de-DE' });
  services.gate = () => {};
  expect(waves).toEqual([['catalog']]);
  expect(services.arrived.map(({ url }) => url)).toEqual([
    '/products?ids=p_7&fields=category,currency,description,id,imageUrl,name,priceCents,stock',
  ]);
  expect(data.product).toMatchObject({
    id: 'p_7',
    price: { currency: 'USD', formatted: expect.stringMatching(/^\d+,\d\d\u00a0\$$/) },
  });
  expect(await web.screen('ProductPage', { id: 'p_0' })).toMatchObject({ data: { product: null }, errors: [] });
});

test('money that no service should send costs its field’s order list, not the page', async () => {
  const order = {
    id: 'o_1',
    status: 'paid',
    totalCents: '42',
    currency: 'USD',
    placedAt: '2026-01-01T00:00:00Z',
    items: [],
  };
  await using odd = await startLocalService((_request, response) => json(response, [order]));
  await using running = await startBff(bff, { ...services.urls, orders: odd.url });
  const { status, data, errors } = await running.screen('Dashboard');
  expect(status).toBe(200);
  expect(data.dashboard).toMatchObject({ orders: null, profile: { id: 'u_42' } });
  expect(errors).toMatchObject([
    { path: ['dashboard', 'orders', 0, 'total'], extensions: { code: 'SERVICE_BAD_RESPONSE' } },
  ]);
});
