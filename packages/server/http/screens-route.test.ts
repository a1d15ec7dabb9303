import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { variablesOfQuery } from './input/screen-variables.ts';

let services: ReferenceServices;
let running: RunningBff;
beforeAll(async () => {
  services = await startReferenceServices();
  running = await startBff(web, services.urls, { CIRCUIT_BREAKER: 'off' });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Not by fetch, which decodes bodies by itself. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  const asking = request(new URL(path, running.url), { method, headers: { 'X-Member-Id': 'm_42', ...headers } });
  asking.end();
  const [response] = await once(asking, 'response');
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const PUBLIC = '/screens/BookPage?id=b_7';
const PRIVATE = '/screens/Dashboard?first=5';

describe('a public screen', () => {
  test('may be kept, by what it depends on', async () => {
    const { status, headers, body } = await ask(PUBLIC);
    expect(status).toBe(200);
    expect(headers['cache-control']).toMatch(/^public, max-age=\d+$/);
    expect(headers.vary).toBe('Accept, Accept-Language, Accept-Encoding');
    expect(headers.etag).toMatch(/^"[\w-]{43}"$/);
    expect(JSON.parse(body.toString()).data.book.id).toBe('b_7');
  });

  test('is not sent again to who has it', async () => {
    const { headers } = await ask(PUBLIC);
    const etag = String(headers.etag);
    for (const match of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(PUBLIC, { 'if-none-match': match });
      expect(again).toMatchObject({ status: 304, headers: { etag, vary: headers.vary } });
      expect(again.headers['cache-control']).toMatch(/^public, max-age=\d+$/);
      expect(again.headers['content-type']).toBeUndefined();
      expect(again.body).toHaveLength(0);
    }
    expect((await ask(PUBLIC, { 'if-none-match': '"other"' })).status).toBe(200);
    expect((await ask('/screens/BookPage?id=b_8', { 'if-none-match': etag })).status).toBe(200);
    expect((await ask(PUBLIC, { 'if-none-match': etag, 'accept-language': 'de-DE' })).status).toBe(200);
  });

  test('is nobody’s any more once a part of it failed', async () => {
    services.ill.set('library', (response) => response.writeHead(500).end());
    const { headers } = await ask(PUBLIC);
    services.ill.clear();
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(headers.etag).toBeUndefined();
  });
});

test('a screen of the caller’s own is never kept', async () => {
  const { status, headers } = await ask(PRIVATE, { 'if-none-match': '*' });
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers.etag).toBeUndefined();
});

test.each([PUBLIC, PRIVATE])('HEAD has the headers of GET, and no body: %s', async (path) => {
  const [got, head] = [await ask(path), await ask(path, {}, 'HEAD')];
  const lasting = ({ headers }: Reply) => {
    const { date: _, 'server-timing': __, 'x-request-id': ___, 'cache-control': ____, ...others } = headers;
    return others;
  };
  expect(lasting(head)).toEqual(lasting(got));
  expect(head.status).toBe(200);
  expect(head.body).toHaveLength(0);
});

test('other methods are refused', async () => {
  expect(await ask(PUBLIC, {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

describe('a large answer', () => {
  test.each([
    { accepts: 'gzip', decode: gunzipSync },
    { accepts: 'br', decode: brotliDecompressSync },
    { accepts: 'zstd', decode: zstdDecompressSync },
    { accepts: 'gzip, deflate, br, zstd', encoding: 'zstd', decode: zstdDecompressSync },
    { accepts: 'gzip, br', encoding: 'br', decode: brotliDecompressSync },
    { accepts: 'gzip;q=1, br;q=0.5', encoding: 'gzip', decode: gunzipSync },
  ])('is made smaller for who takes $accepts', async ({ accepts, encoding = accepts, decode }) => {
    const plain = await ask(PRIVATE);
    const encoded = await ask(PRIVATE, { 'accept-encoding': accepts });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(encoded.headers['content-encoding']).toBe(encoding);
    expect(encoded.headers['content-length']).toBe(String(encoded.body.length));
    expect(encoded.body.length).toBeLessThan(plain.body.length / 2);
    expect(decode(encoded.body).toString()).toBe(plain.body.toString());
  });

  test.each(['identity', 'deflate', 'gzip;q=0', 'identity, gzip;q=0.5', ''])(
    'is sent as it is to who takes %p',
    async (accepts) => {
      const { headers } = await ask(PRIVATE, { 'accept-encoding': accepts });
      expect(headers['content-encoding']).toBeUndefined();
    },
  );

  test('has an ETag of its own in each encoding', async () => {
    await using shop = await startBff(partner, services.urls);
    const feed = (accepts?: string) =>
      ask(`${shop.url}/screens/BookFeed?first=50`, {
        'X-Branch-Id': partner.identity.exampleId,
        ...(accepts ? { 'accept-encoding': accepts } : {}),
      });
    const [plain, encoded] = [await feed(), await feed('gzip')];
    const [etag, encodedEtag] = [String(plain.headers.etag), String(encoded.headers.etag)];
    expect(encoded.headers['content-encoding']).toBe('gzip');
    expect(encodedEtag).toBe(etag.replace(/"$/, '-gzip"'));
    expect(plain.headers.vary).toBe(encoded.headers.vary);
  });
});

describe('variables in a query string', () => {
  const schema = buildSchema(`
    enum Size { S M }
    scalar Day
    input Range { from: Int! }
    type Query { q(i: Int, f: Float, b: Boolean, s: String, id: ID, e: Size, d: Day, l: [Int!], r: Range): Int }
  `);
  const declared = '($i: Int, $f: Float, $b: Boolean, $s: String, $id: ID!, $e: Size, $d: Day, $l: [Int!], $r: Range)';
  const operation = getOperationAST(parse(`query Q${declared} { q }`));
  const read = (search: string) => operation && variablesOfQuery(new URLSearchParams(search), operation, schema);

  test.each([
    ['i=3', { i: 3 }],
    ['i=-3&f=1e3', { i: -3, f: 1000 }],
    ['b=true', { b: true }],
    ['b=false', { b: false }],
    ['s=3&id=7', { s: '3', id: '7' }],
    ['s=', { s: '' }],
    ['e=S&d=2026-01-01', { e: 'S', d: '2026-01-01' }],
    ['l=1&l=2', { l: [1, 2] }],
    ['l=[1,2]', { l: [1, 2] }],
    ['r={"from":1}', { r: { from: 1 } }],
    ['other=1', {}],
  ])('%s', (search, expected) => {
    expect(read(search)).toEqual(expected);
  });

  test.each([
    ['i=three', '"$i" must be of type Int'],
    ['i=1.5', '"$i" must be of type Int'],
    ['i=', '"$i" must be of type Int'],
    ['f=NaN', '"$f" must be of type Float'],
    ['b=yes', '"$b" must be of type Boolean'],
    ['b=constructor', '"$b" must be of type Boolean'],
    ['b=__proto__', '"$b" must be of type Boolean'],
    ['id=1&id=2', '"$id" must be of type ID!'],
    ['l=1&l=x', '"$l" must be of type [Int!]'],
    ['r=from', '"$r" must be of type Range'],
  ])('%s is refused', (search, message) => {
    expect(() => read(search)).toThrow(message);
  });

  test.each([
    ['/screens/Dashboard?first=many', ['$first', 'Int']],
    ['/screens/Dashboard?first=1000', ['first']],
    ['/screens/Dashboard?first=99999999999', ['first']],
    ['/screens/LoanPage', ['$id', 'ID!']],
  ])('%s is 400', async (path, words) => {
    const { status, body } = await ask(path);
    const { errors } = JSON.parse(body.toString());
    expect(status).toBe(400);
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    for (const word of words) expect(errors[0].message).toContain(word);
  });
});
