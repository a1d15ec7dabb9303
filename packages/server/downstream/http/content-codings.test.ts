import zlib from 'node:zlib';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../request/errors.ts';
import { MAX_RESPONSE_BYTES } from './attempt.ts';
import { contentCodings, decode } from './body.ts';

const things = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id' });
const call = { endpoint: things, path: '/things', keys: 0 };

const ROWS = Array.from({ length: 50 }, (_, index) => ({ id: `t_${index}`, name: 'größer als 9007199254740993' }));
const BODY = Buffer.from(JSON.stringify(ROWS));

const ENCODERS: Readonly<Record<string, [coding: string, encode: (body: Buffer) => Buffer]>> = {
  gzip: ['gzip', zlib.gzipSync],
  'gzip in capitals': ['GZip', zlib.gzipSync],
  'gzip by its old name': ['x-gzip', zlib.gzipSync],
  'gzip in two members': [
    'gzip',
    (body) => Buffer.concat([body.subarray(0, 9), body.subarray(9)].map((part) => zlib.gzipSync(part))),
  ],
  deflate: ['deflate', zlib.deflateSync],
  'raw deflate': ['deflate', zlib.deflateRawSync],
  brotli: ['br', zlib.brotliCompressSync],
  zstd: ['zstd', zlib.zstdCompressSync],
  identity: ['identity', (body) => body],
  'two codings': ['gzip, br', (body) => zlib.brotliCompressSync(zlib.gzipSync(body))],
  'an empty element': [', gzip,', zlib.gzipSync],
  'four codings': [
    'gzip,deflate ,br, zstd',
    (body) => zlib.zstdCompressSync(zlib.brotliCompressSync(zlib.deflateSync(zlib.gzipSync(body)))),
  ],
};
const COMPRESSING = Object.entries(ENCODERS).filter(([name]) => name !== 'identity');

test.each(Object.entries(ENCODERS))('%s is decoded', async (_what, [coding, encode]) => {
  const body = encode(BODY);
  await using service = await startLocalService((_request, response) =>
    response.writeHead(200, { 'content-encoding': coding }).end(body),
  );
  await using fetcher = fetcherFor(service.url);
  const context = requestContext();
  expect((await fetcher.fetch(call, context)).json).toEqual(ROWS);
  expect(service.arrived[0]?.headers['accept-encoding']).toBe('gzip, deflate, br, zstd');
  // The encoded bytes count.
  expect(context.ledger.entries).toMatchObject([{ status: 200, bytes: body.length }]);
});

describe.each(COMPRESSING)('%s', (_what, [coding, encode]) => {
  const codings = contentCodings(coding);
  const body = encode(BODY);

  test('is rejected when truncated anywhere', async () => {
    for (let length = 0; length < body.length; length += 7) {
      await expect(decode(body.subarray(0, length), codings, MAX_RESPONSE_BYTES)).rejects.toThrow('cannot be decoded');
    }
    await expect(decode(body.subarray(0, -1), codings, MAX_RESPONSE_BYTES)).rejects.toThrow('cannot be decoded');
  });

  test('may decode to the limit, and no more', async () => {
    const size = Math.max(BODY.length, codings.length * 100);
    const same = encode(Buffer.alloc(size, 'a'));
    expect(await decode(same, codings, size)).toHaveLength(size);
    await expect(decode(same, codings, size - 1)).rejects.toThrow(`larger than ${size - 1} bytes`);
  });
});

test.each<[string, Record<string, string | string[]>, Buffer]>([
  ['an unknown coding', { 'content-encoding': 'compress' }, BODY],
  ['an unknown one among others', { 'content-encoding': 'exi, gzip' }, zlib.gzipSync(BODY)],
  ['the name of a property', { 'content-encoding': 'constructor' }, BODY],
  ['too many codings', { 'content-encoding': Array(5).fill('identity').join() }, BODY],
  ['an unencoded body', { 'content-encoding': 'gzip' }, BODY],
  ['one coding instead of another', { 'content-encoding': 'br' }, zlib.gzipSync(BODY)],
  ['codings in the wrong order', { 'content-encoding': 'br, gzip' }, zlib.brotliCompressSync(zlib.gzipSync(BODY))],
  ['nothing', { 'content-encoding': 'gzip' }, Buffer.alloc(0)],
  ['half of a body', { 'content-encoding': 'gzip' }, zlib.gzipSync(BODY).subarray(0, 40)],
  [
    'a wrong checksum',
    { 'content-encoding': 'gzip' },
    Buffer.concat([zlib.gzipSync(BODY).subarray(0, -8), Buffer.alloc(8)]),
  ],
  ['rubbish after a body', { 'content-encoding': 'gzip' }, Buffer.concat([zlib.gzipSync(BODY), BODY])],
  ['too many bytes', { 'content-encoding': 'gzip' }, zlib.gzipSync(Buffer.alloc(MAX_RESPONSE_BYTES + 1, ' '))],
  [
    'too many bytes in two codings',
    { 'content-encoding': ['gzip', 'gzip'] },
    zlib.gzipSync(zlib.gzipSync(Buffer.alloc(MAX_RESPONSE_BYTES + 1))),
  ],
  ['a body that is not UTF-8', { 'content-encoding': 'gzip' }, zlib.gzipSync(Buffer.from('["größe"]', 'latin1'))],
])('%s is a bad response, and the connection is used again', async (_what, headers, body) => {
  let isWell = false;
  await using service = await startLocalService((_request, response) => {
    if (isWell) json(response, []);
    else response.writeHead(200, headers).end(body);
  });
  await using fetcher = fetcherFor(service.url);
  await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceBadResponse });
  isWell = true;
  expect((await fetcher.fetch(call, requestContext())).json).toEqual([]);
  expect(await service.connections()).toBe(1);
});

test('only bodies of 200 responses are decoded', async () => {
  await using service = await startLocalService((_request, response) =>
    response.writeHead(404, { 'content-encoding': 'gzip' }).end('no gzip'),
  );
  await using fetcher = fetcherFor(service.url);
  expect(await fetcher.fetch(call, requestContext())).toMatchObject({ status: 404 });
});

test('a caller who hangs up while a body is decoded does not affect other calls', async () => {
  const caller = new AbortController();
  const bomb = zlib.gzipSync(Buffer.alloc(MAX_RESPONSE_BYTES, ' '));
  await using service = await startLocalService((_request, response) => {
    if (service.arrived.length > 1) return json(response, []);
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  await using fetcher = fetcherFor(service.url);
  const context = requestContext({ signal: caller.signal });
  const first = fetcher.fetch(call, context);
  first.catch(() => {});
  // The connection is idle once the last byte has arrived.
  while ((context.ledger.entries[0]?.bytes ?? 0) < bomb.length) await new Promise(setImmediate);
  const second = fetcher.fetch(call, requestContext());
  caller.abort(new Error('gone'));
  await expect(first).rejects.toThrow();
  expect((await second).json).toEqual([]);
});
