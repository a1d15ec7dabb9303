import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { INVALID_KEYS, ODD_KEYS } from '@facet/testing/internal/odd-keys.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CodedError, ErrorCode } from '../request/errors.ts';
import { Loaders } from './batching/loaders.ts';
import { commaSeparated, type IdStyle, inBody, inPath, repeated, template } from './id-style.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
}

/**
 * Each style, and how a service parses a call: it decodes first and splits afterwards, as Express and most others do. The parser
 * of paths normalizes them as browsers and proxies do.
 */
const STYLES: Readonly<Record<string, [IdStyle, path: string, (url: URL, body: string) => readonly string[]]>> = {
  comma: [commaSeparated('ids'), '/comma', (url) => url.searchParams.get('ids')?.split(',') ?? []],
  repeated: [repeated('id'), '/repeated', (url) => url.searchParams.getAll('id')],
  template: [
    template('id', 'in.({ids})'),
    '/template',
    (url) => /^in\.\((.*)\)$/s.exec(url.searchParams.get('id') ?? '')?.[1]?.split(',') ?? [],
  ],
  body: [inBody('ids'), '/body', (_url, body) => JSON.parse(body).ids],
  path: [inPath(), '/path/{id}', (url) => [decodeURIComponent(url.pathname.split('/')[2] ?? '')]],
};

let service: LocalService;
let fetcher: ReturnType<typeof fetcherFor>;

// The service has every thing except those whose ids start with "unknown".
beforeAll(async () => {
  service = await startLocalService(({ url, body }, response) => {
    const [, , decoded] = STYLES[url.split(/[/?]/)[1] ?? ''] ?? [];
    const ids = decoded?.(new URL(url, 'http://service'), body) ?? [];
    const things = ids.filter((id) => !id.startsWith('unknown')).map((id) => ({ id, name: `thing ${id}` }));
    if (!url.startsWith('/path')) json(response, things);
    else if (things[0]) json(response, things[0]);
    else response.writeHead(404).end();
  });
  fetcher = fetcherFor(service.url);
});
afterAll(async () => {
  await fetcher[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

function loadAll(style: string, keys: readonly string[]) {
  const [ids, path] = STYLES[style] ?? [];
  if (!ids || !path) throw new Error(`There is no style ${style}.`);
  const endpoint = batchOf<Thing>()({ service: 'library', path, rowKey: 'id', ids, maxBatch: 100 });
  const loaders = new Loaders(fetcher.rows, requestContext());
  return Promise.allSettled(keys.map((key) => Promise.resolve(loaders.load(endpoint, key))));
}

const awkward = fc.constantFrom(
  '',
  '.',
  '..',
  ',',
  'a,b',
  '/',
  '//',
  '%2F',
  '%',
  '?',
  '#',
  '&',
  '=',
  '+',
  ' ',
  '"',
  "'",
  '(',
  ')',
  '\\',
  '$&',
  '😀',
  'ß',
  '-5',
  '__proto__',
  'constructor',
  'null',
  '007',
  '7',
  '1e3',
  '\u2028',
  '\ufeff',
  '\ufffd',
);
const key = fc
  .oneof(
    awkward,
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.array(awkward, { maxLength: 6 }).map((some) => some.join('')),
  )
  .filter((text) => !/\p{Cc}/u.test(text) && !text.startsWith('unknown'));

test.each(Object.keys(STYLES))(
  '%s: every key finds its row or is an error, regardless of the other keys',
  async (style) => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 8 }), async (keys) => {
        const results = await loadAll(style, keys);
        results.forEach((result, index) => {
          const id = keys[index];
          if (result.status === 'fulfilled') expect(result.value).toEqual({ id, name: `thing ${id}` });
          else expect(result.reason).toBeInstanceOf(CodedError);
        });
      }),
      { numRuns: 150 },
    );
  },
);

test.each<[string, readonly string[]]>([
  ['comma', ['', ',', 'a,b']],
  ['repeated', []],
  ['template', ['', ',', 'a,b', '(', ')', '"', "'", '\\', 'a\\.\\b']],
  ['body', []],
  ['path', ['', '.', '..', '../x', 'a/..', 'a\\.\\b', '..;x']],
])('%s carries all keys except %j', async (style, refused) => {
  const keys = [
    ...['b_1', ...ODD_KEYS],
    ...['../x', 'a/..', 'a\\.\\b', '..;x', '...', 'a..b'],
    ...['', '.', '..', ',', 'a,b', '(', ')', '"', "'", '\\'],
  ];
  const results = await loadAll(style, keys);
  const failed = keys.filter((_key, index) => results[index]?.status === 'rejected');
  expect(failed.sort()).toEqual([...refused].sort());
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: ErrorCode.BadUserInput });
    else expect(result.value?.name).toBe(`thing ${result.value?.id}`);
  }
});

test.each(Object.keys(STYLES))('%s: an unknown key is null without an error', async (style) => {
  expect(await loadAll(style, ['unknown/1'])).toEqual([{ status: 'fulfilled', value: null }]);
});

test.each(INVALID_KEYS)('%j is not a key in any style', async (text) => {
  for (const style of Object.keys(STYLES)) {
    const before = service.arrived.length;
    expect(await loadAll(style, [text])).toMatchObject([{ reason: { code: ErrorCode.BadUserInput } }]);
    expect(service.arrived).toHaveLength(before);
  }
});

test.each<[string, string]>([
  ['comma', '/comma?ids=SKU%2F1%20%C3%9F,a%2Bb'],
  ['repeated', '/repeated?id=SKU%2F1%20%C3%9F&id=a%2Bb'],
  ['template', '/template?id=in.(SKU%2F1%20%C3%9F,a%2Bb)'],
])('%s percent-encodes keys by RFC 3986', async (style, url) => {
  await loadAll(style, ['SKU/1 ß', 'a+b']);
  expect(service.arrived.at(-1)?.url).toBe(url);
});
