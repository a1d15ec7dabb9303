import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documentedGet, everyPage, nextPage } from '../../testing/openapi.ts';
import { startReferenceServices } from '../../testing/reference-services.ts';
import type { StoredProduct, StoredPromo } from '../data/model.ts';
import { CATEGORIES } from '../data/products.ts';

type Product = StoredProduct & { readonly imageUrl: string };
type Promo = StoredPromo & { readonly imageUrl: string };

const services = await startReferenceServices();
const get = documentedGet('catalog', services.urls.catalog);
const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `p_${first + index}`).join();
const idsOf = (rows: readonly { readonly id: string }[]) => rows.map((row) => row.id).sort();

let products: Product[];

beforeAll(async () => {
  const all = await Promise.all([1, 101].map((first) => get<Product[]>(`/products?ids=${idsFrom(first, 100)}`)));
  products = all.flatMap(({ body }) => body);
});

afterAll(async () => services[Symbol.asyncDispose]());

describe('products by id', () => {
  test('one is the same row as among several', async () => {
    const { body } = await get<Product>('/products/p_7');
    expect(body).toEqual(products.find((product) => product.id === 'p_7'));
    expect(body.imageUrl).toBe(`${services.urls.catalog}/images/p_7.svg`);
  });

  test('several are those that exist, each once', async () => {
    const { body } = await get<Product[]>('/products?ids=p_3,p_999999,p_1,p_3');
    expect(idsOf(body)).toEqual(['p_1', 'p_3']);
  });

  test('may be 1 to 100', async () => {
    expect((await get('/products?ids=')).status).toBe(400);
    expect((await get<Product[]>('/products?ids=p_1')).body).toHaveLength(1);
    expect((await get<Product[]>(`/products?ids=${idsFrom(1, 100)}`)).body).toHaveLength(100);
    expect((await get(`/products?ids=${idsFrom(1, 101)}`)).status).toBe(400);
  });

  test.each(['SKU%2F123', 'a%2Cb', 'gr%C3%B6%C3%9Fe%201', '%25', 'x'.repeat(512)])(
    '%s is an unknown id',
    async (id) => {
      expect(await get(`/products?ids=${id}`)).toMatchObject({ status: 200, body: [] });
      expect((await get(`/products/${id}`)).status).toBe(404);
      expect((await get(`/products?after=${id}`)).status).toBe(200);
    },
  );

  test('are split before they are decoded', async () => {
    expect((await get<Product[]>('/products?ids=p_1%2Cp_2,p_3')).body.map(({ id }) => id)).toEqual(['p_3']);
  });

  test('are percent-encoded', async () => {
    expect((await get('/products?ids=p_1,%E0%A4%A')).status).toBe(400);
  });

  test.each([
    ['unknown', 'p_999999', 404],
    ['SQL', encodeURIComponent("p_7' OR '1'='1"), 404],
    ['JSON', encodeURIComponent('","p_7'), 404],
    ['not well-formed', '%E0%A4%A', 400],
  ])('%s is a problem', async (_what, id, status) => {
    expect(await get(`/products/${id}`)).toMatchObject({ status, body: { type: 'about:blank', status } });
  });
});

describe('pages', () => {
  test('of all categories walk every product once', async () => {
    const pages = await everyPage<Product>(get, '/products');
    expect(pages[0]).toHaveLength(20);
    expect(idsOf(pages.flat())).toEqual(idsOf(products));
  });

  test.each(CATEGORIES)('of %s walk all of that category once', async (category) => {
    const there = products.filter((product) => product.category === category);
    const pages = await everyPage<Product>(get, `/products?category=${category}&limit=3`);
    expect(there.length).toBeGreaterThan(3);
    expect(idsOf(pages.flat())).toEqual(idsOf(there));
  });

  test('have a Link header only if there are more rows', async () => {
    const count = products.filter((product) => product.category === 'shoes').length;
    expect(nextPage((await get(`/products?category=shoes&limit=${count}`)).headers)).toBeUndefined();
    expect(nextPage((await get(`/products?category=shoes&limit=${count - 1}`)).headers)).toBeDefined();
    expect(nextPage((await get('/products?ids=p_1')).headers)).toBeUndefined();
  });

  test.each([
    'after=p_999999',
    'after=',
    'category=nope',
    'category=',
    `category=${encodeURIComponent("shoes' OR '1'='1")}`,
  ])('with %s are empty', async (query) => {
    const { body, headers } = await get(`/products?${query}`);
    expect(body).toEqual([]);
    expect(nextPage(headers)).toBeUndefined();
  });

  test.each(['limit=0', 'limit=101', 'limit=abc', 'limit=-1', 'limit=1.5', 'limit=1&limit=2', 'category=a&category=b'])(
    '%s is a 400',
    async (query) => {
      expect((await get(`/products?${query}`)).status).toBe(400);
    },
  );
});

describe('promos', () => {
  test('name products that exist, or none', async () => {
    const { body } = await get<Promo[]>('/promos');
    const about = body.flatMap((promo) => promo.productId ?? []);
    expect(body).toHaveLength(5);
    expect(about.length).toBeGreaterThan(0);
    expect(about.length).toBeLessThan(5);
    expect(idsOf(products)).toEqual(expect.arrayContaining(about));
  });

  test('with fields are the same rows, cut', async () => {
    const whole = await get<Promo[]>('/promos');
    const cut = await get('/promos?fields=title,productId');
    expect(cut.body).toEqual(whole.body.map(({ id, title, productId }) => ({ id, title, productId })));
  });
});

describe('fields', () => {
  test('cut a product, a batch and a page alike', async () => {
    const [batch, page] = await Promise.all([
      get<Product[]>('/products?ids=p_1,p_2&fields=name,imageUrl'),
      get<Product[]>('/products?limit=2&fields=name,imageUrl'),
    ]);
    const first = products.find((product) => product.id === 'p_1');
    expect(batch.body).toEqual(page.body);
    expect(batch.body[0]).toEqual({ id: 'p_1', name: first?.name, imageUrl: first?.imageUrl });
    expect((await get('/products/p_1?fields=name,imageUrl')).body).toEqual(batch.body[0]);
    expect(nextPage(page.headers)).toContain('fields=name%2CimageUrl');
  });

  test.each(['/products', '/promos'])('may be all that the rows of %s have', async (path) => {
    const { body } = await get<object[]>(path);
    const properties = new Set(body.flatMap((row) => Object.keys(row)));
    expect((await get(`${path}?fields=${[...properties]}`)).body).toEqual(body);
  });

  test.each([
    '/products?fields=nope',
    '/products?ids=p_1&fields=name,__proto__',
    '/products/p_1?fields=stock.x',
    '/promos?fields=name',
  ])('with an unknown one are a 400: %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });
});
