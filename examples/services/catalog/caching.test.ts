import { afterAll, expect, test } from '@jest/globals';
import { documentedGet } from '../../testing/openapi.ts';
import { startReferenceServices } from '../../testing/reference-services.ts';

const services = await startReferenceServices();
const get = documentedGet('catalog', services.urls.catalog);
const etagOf = async (path: string) => (await get(path)).headers.get('etag') ?? '';
/** Without a Cache-Control of its own, fetch would add no-cache, which asks for the whole answer. */
const hasGot = (etag: string) => ({ 'if-none-match': etag, 'cache-control': 'max-age=0' });

afterAll(async () => services[Symbol.asyncDispose]());

test.each(['/products/p_1', '/products?ids=p_1,p_2', '/products?category=shoes', '/promos', '/images/p_1.svg'])(
  '%s answers 304 to who has it, and says anew how long it keeps',
  async (path) => {
    const etag = await etagOf(path);
    const again = await fetch(`${services.urls.catalog}${path}`, { headers: hasGot(etag) });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect(again.headers.get('etag')).toBe(etag);
    expect(again.headers.get('cache-control')).toMatch(/^public, max-age=60,/);
  },
);

test('another representation has another ETag', async () => {
  const paths = ['/products/p_1', '/products/p_2', '/products/p_1?fields=name', '/images/p_1.svg', '/images/p_2.svg'];
  expect(new Set(await Promise.all(paths.map(etagOf))).size).toBe(paths.length);
  expect((await get('/products/p_1', hasGot(await etagOf('/products/p_2')))).status).toBe(200);
});

test('a problem is not cached', async () => {
  const { headers } = await get('/products/p_999999');
  expect(headers.get('cache-control')).toBe('no-store');
});
