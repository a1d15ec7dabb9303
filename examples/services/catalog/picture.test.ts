import { afterAll, expect, test } from '@jest/globals';
import { documentedGet } from '../../testing/openapi.ts';
import { startReferenceServices } from '../../testing/reference-services.ts';
import { picture } from './picture.ts';

const services = await startReferenceServices();
const get = documentedGet('catalog', services.urls.catalog);

afterAll(async () => services[Symbol.asyncDispose]());

/** The elements of an XML text without comments or CDATA; throws where tags do not match. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const rest = xml.replaceAll(/<(\/?)(\w+)((?: [\w:]+="[^"<&]*")*)(\/?)>/g, (_tag, end, name, _attributes, empty) => {
    if (end && open.pop() !== name) throw new Error(`</${name}> closes another element`);
    if (!end && !empty) open.push(name);
    return '';
  });
  if (open.length > 0 || /[<>&"]/.test(rest)) throw new Error(`not well-formed: ${rest}`);
  return [...xml.matchAll(/<(\w+)/g)].map((match) => match[1] ?? '');
}

test.each([1, 2, 3, 7, 42, 200, 2_000])('the picture of product %i is well-formed SVG', (n) => {
  const svg = picture(`p_${n}`);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 320 240" role="img">/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const [root, title, ...shapes] = elementsOf(svg);
  expect([root, title]).toEqual(['svg', 'title']);
  expect(shapes).toHaveLength(6);
});

test('is the same for the same id and another for another', async () => {
  const { body, headers } = await get<string>('/images/p_7.svg');
  expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
  expect(body).toBe(picture('p_7'));
  expect((await get<string>('/images/p_7.svg')).body).toBe(body);
  expect((await get<string>('/images/promo_7.svg')).body).not.toBe(body);
});

test('every picture that a row names is there', async () => {
  const rows = await Promise.all(
    ['/products?limit=100', '/promos'].map((path) => get<{ id: string; imageUrl: string }[]>(path)),
  );
  const named = rows.flatMap(({ body }) => body);
  expect(named).toHaveLength(105);
  const titles = await Promise.all(
    named.map(async ({ imageUrl }) => (await get<string>(new URL(imageUrl).pathname)).body.match(/<title>(.*?)</)?.[1]),
  );
  expect(titles).toEqual(named.map(({ id }) => id));
});

test.each([
  'p_1',
  'p_1.png',
  'u_1.svg',
  'p_.svg',
  'p_1.svg.svg',
  'p_1x.svg',
  'P_1.SVG',
  '..%2Fp_1.svg',
  'p_1.svg%0A',
  '%3Cscript%3E.svg',
])('there is no picture by the name of %s', async (name) => {
  expect((await get(`/images/${name}`)).status).toBe(404);
});
