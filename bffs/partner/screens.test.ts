import { type RunningBff, recordWaves, startBff } from '@facet/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ReferenceServices, startReferenceServices } from '../../examples/testing/reference-services.ts';
import { bff } from './bff.ts';

let services: ReferenceServices;
let partner: RunningBff;

beforeAll(async () => {
  services = await startReferenceServices();
  partner = await startBff(bff, services.urls);
});
afterAll(async () => {
  await partner[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

const globalId = (type: string, key: string) => Buffer.from(`${type}:${key}`).toString('base64url');

test('ProductFeed makes 1 call, and no identity goes with it', async () => {
  services.arrived.length = 0;
  const waves = recordWaves(services);
  const { data, errors } = await partner.screen('ProductFeed', { first: 2 });
  services.gate = () => {};
  expect(errors).toEqual([]);
  expect(waves).toEqual([['catalog']]);
  expect(services.arrived[0]?.url).toBe(
    '/products?limit=2&fields=category,currency,description,id,imageUrl,name,priceCents,stock',
  );
  expect(services.arrived[0]?.headers).not.toHaveProperty('x-partner-id');
  expect(data.products.edges).toMatchObject([
    { node: { id: globalId('Product', 'p_1'), productId: 'p_1' } },
    { node: { id: globalId('Product', 'p_2'), productId: 'p_2' } },
  ]);
  expect(data.products.pageInfo).toEqual({ hasNextPage: true, endCursor: data.products.edges[1].cursor });
});

test('ProductFeed pages through a category, each product once', async () => {
  const seen: string[] = [];
  let hasNextPage = true;
  for (let after: string | null = null; hasNextPage; ) {
    const { data } = await partner.screen('ProductFeed', { first: 7, after, category: 'toys' });
    const { edges, pageInfo } = data.products;
    seen.push(
      ...edges.map(
        ({ node }: { node: { productId: string; category: string } }) => `${node.category} ${node.productId}`,
      ),
    );
    ({ hasNextPage, endCursor: after } = pageInfo);
  }
  expect(seen.length).toBeGreaterThan(7);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.every((product) => product.startsWith('toys '))).toBe(true);
});

test('a failed page is null edges with an error, and tells of no further page', async () => {
  services.ill.set('catalog', (response) => response.writeHead(500).end());
  const { status, data, errors } = await partner.screen('ProductFeed');
  services.ill.clear();
  expect(status).toBe(200);
  expect(data.products).toEqual({ edges: null, pageInfo: { hasNextPage: false, endCursor: null } });
  expect(errors).toMatchObject([
    { path: ['products', 'edges'], extensions: { code: 'SERVICE_UNAVAILABLE', service: 'catalog' } },
    { path: ['products', 'pageInfo', 'endCursor'], extensions: { code: 'SERVICE_UNAVAILABLE' } },
  ]);
});

describe('OrderStatus', () => {
  test.each(['o_7', globalId('OrderStatus', 'o_7')])('by %s makes 1 call as the partner', async (id) => {
    services.arrived.length = 0;
    const { data } = await partner.screen('OrderStatus', { id });
    expect(services.arrived).toMatchObject([
      {
        url: '/orders?ids=o_7&fields=currency,id,itemCount,placedAt,status,totalCents',
        headers: { 'x-partner-id': 'pa_1' },
      },
    ]);
    expect(data.orderStatus).toMatchObject({
      id: globalId('OrderStatus', 'o_7'),
      orderId: 'o_7',
      status: 'shipped',
      total: { amount: 42, currency: 'USD' },
    });
  });

  test.each(['o_0', 'SKU/123', 'größe 1', '..'])('by the unknown id %j is null', async (id) => {
    expect(await partner.screen('OrderStatus', { id })).toMatchObject({ data: { orderStatus: null }, errors: [] });
  });

  test.each([globalId('Product', 'o_7'), '', 'a,b', 'a\nb', 'x'.repeat(513)])(
    'by %j, which no order can have, is an error',
    async (id) => {
      expect(await partner.screen('OrderStatus', { id })).toMatchObject({
        data: { orderStatus: null },
        errors: [{ path: ['orderStatus'], extensions: { code: 'BAD_USER_INPUT' } }],
      });
    },
  );

  test('of another partner is null', async () => {
    const answer = await partner.screen('OrderStatus', { id: 'o_7' }, { 'X-Partner-Id': 'pa_2' });
    expect(answer).toMatchObject({ data: { orderStatus: null }, errors: [] });
  });
});

test('node finds objects by global id', async () => {
  const { data, errors } = await partner.query(
    `query($p: ID!, $o: ID!, $x: ID!) {
      p: node(id: $p) { __typename id ... on Product { productId name } }
      o: node(id: $o) { __typename id ... on OrderStatus { orderId } }
      x: node(id: $x) { id }
    }`,
    { p: globalId('Product', 'p_3'), o: globalId('OrderStatus', 'o_7'), x: 'p_3' },
  );
  expect(data).toMatchObject({
    p: { __typename: 'Product', id: globalId('Product', 'p_3'), productId: 'p_3' },
    o: { __typename: 'OrderStatus', id: globalId('OrderStatus', 'o_7'), orderId: 'o_7' },
    x: null,
  });
  expect(errors).toMatchObject([{ path: ['x'], extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('nothing personal about a buyer is in the schema', async () => {
  const { data } = await partner.query('{ __schema { types { name fields { name } } } }');
  const types: { name: string; fields: { name: string }[] | null }[] = data.__schema.types;
  const names = types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap(({ fields }) => fields?.map(({ name }) => name) ?? []);
  expect(names).toContain('orderStatus');
  expect(
    names.filter((name) =>
      /user|buyer|email|phone|address|city|street|postcode|first|last|avatar|tracking/i.test(name),
    ),
  ).toEqual([]);
});
