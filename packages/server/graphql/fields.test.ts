import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { Loaders } from '../downstream/batching/loaders.ts';
import { ExactNumber } from '../request/exact-json.ts';
import { UnusableDataError } from './answer-error.ts';
import type { Context } from './context.ts';
import {
  always,
  amount,
  arg,
  computed,
  keyOf,
  list,
  load,
  money,
  nodeId,
  numberIn,
  page,
  parent,
  parseNodeId,
  prop,
  resolver,
  text,
  viewer,
} from './fields.ts';

interface Cat {
  readonly id: string;
  readonly name: string;
  readonly lives: number;
}

interface Housed extends Pick<Cat, 'lives'> {
  readonly home: { readonly town: string; readonly street: string };
}

const cats = batchOf<Cat>()({ service: 'library', path: '/cats', rowKey: 'id' });
const catList = listOf<Cat>()({ service: 'library', path: '/cats', params: ['limit', 'owner'], rowKey: 'id' });

test('numberIn accepts finite numbers only', () => {
  expect(numberIn(7)).toBe(7);
  for (const other of [
    'seven',
    '7',
    null,
    undefined,
    {},
    Number.POSITIVE_INFINITY,
    new ExactNumber('9007199254740993'),
  ]) {
    expect(() => numberIn(other)).toThrow('not a finite number');
  }
});

describe('the plan of', () => {
  test('load', () => {
    expect(load(cats, 'catId').extensions.facet.plan).toEqual({
      reads: ['catId'],
      calls: [{ endpoint: cats, params: { key: { from: 'parent', name: 'catId' } }, reads: undefined, rowAt: [] }],
    });
    expect(load(cats, viewer, 'name').extensions.facet.plan).toMatchObject({
      reads: [],
      calls: [{ reads: ['name'], passthrough: true }],
    });
    expect(load(cats, arg('id'), text('{name}: {lives}')).extensions.facet.plan).toMatchObject({
      reads: [],
      calls: [{ params: { key: { from: 'argument', name: 'id' } }, reads: ['name', 'lives'] }],
    });
  });

  test('list', () => {
    expect(list(catList, { limit: arg('first'), owner: parent('ownerId') }).extensions.facet.plan).toEqual({
      reads: ['ownerId'],
      calls: [
        {
          endpoint: catList,
          params: { limit: { from: 'argument', name: 'first' }, owner: { from: 'parent', name: 'ownerId' } },
          reads: undefined,
          rowAt: [],
        },
      ],
    });
    expect(page(catList, { limit: arg('first') }).extensions.facet.plan).toMatchObject({
      reads: [],
      calls: [{ rowAt: ['rows'] }],
    });
  });

  test('conversions', () => {
    expect(prop('x').extensions.facet.plan).toEqual({ reads: ['x'], passthrough: true, calls: [] });
    expect(text('a {x} b {y}').extensions.facet.plan).toEqual({ reads: ['x', 'y'], calls: [] });
    expect(amount('cents', 'currency').extensions.facet.plan).toEqual({ reads: ['cents', 'currency'], calls: [] });
    expect(money('cents', 'currency').extensions.facet.plan).toEqual({
      reads: ['cents', 'currency'],
      calls: [],
      provides: ['amount', 'currency', 'formatted'],
    });
    expect(nodeId('Cat', 'id').extensions.facet.plan).toEqual({ reads: ['id'], calls: [] });
    expect(computed(['lives'], ({ lives }: Pick<Cat, 'lives'>) => lives > 0).extensions.facet.plan).toEqual({
      reads: ['lives'],
      calls: [],
      runs: 'conversion',
    });
    expect(computed(['home.town', 'home.street', 'lives'], (cat: Housed) => cat.lives).extensions.facet.plan).toEqual({
      reads: ['home', 'lives'],
      paths: ['home.town', 'home.street', 'lives'],
      calls: [],
      runs: 'conversion',
    });
    expect(resolver({ reads: ['x'], calls: [cats] }, () => 1).extensions.facet.plan).toEqual({
      reads: ['x'],
      calls: [{ endpoint: cats, params: {}, reads: 'all', rowAt: [] }],
      runs: 'resolver',
    });
    expect(resolver({ callsOneOf: [cats] }, () => 1).extensions.facet.plan).toEqual({
      reads: [],
      calls: [{ endpoint: cats, params: {}, reads: 'all', rowAt: [] }],
      callsOneOf: true,
      runs: 'resolver',
    });
  });
});

describe('a field as data', () => {
  const felix = { id: 'felix', name: 'Felix', lives: 9 };

  test('load returns the row of a key from any source, or its conversion', async () => {
    await using service = await startLocalService((_request, response) =>
      json(response, [felix, { ...felix, id: 'm_42' }]),
    );
    await using fetcher = fetcherFor(service.url);
    const request = requestContext();
    const context: Context = { request, loaders: new Loaders(fetcher.rows, request) };
    const loaded = await Promise.all([
      load(cats, 'catId').resolve({ catId: 'felix' }, {}, context),
      load(cats, 'catId').resolve({}, {}, context),
      load(cats, 'catId', 'name').resolve({ catId: 'nobody' }, {}, context),
      load(cats, arg('id'), 'name').resolve({}, { id: 'felix' }, context),
      load(cats, viewer, text('{name} has {lives}')).resolve({}, {}, context),
      load(
        cats,
        always('felix'),
        computed(['lives'], ({ lives }: Pick<Cat, 'lives'>) => lives - 1),
      ).resolve({}, {}, context),
    ]);
    expect(loaded).toEqual([felix, null, null, 'Felix', 'Felix has 9', 8]);
    expect(service.arrived.map(({ url }) => url)).toEqual(['/cats?ids=felix,nobody,m_42']);
  });

  test('list sends its parameters from their sources', async () => {
    await using service = await startLocalService((_request, response) => json(response, [felix]));
    await using fetcher = fetcherFor(service.url);
    const request = requestContext();
    const context: Context = { request, loaders: new Loaders(fetcher.rows, request) };
    const rows = await list(catList, { limit: arg('first'), owner: viewer }).resolve({}, { first: 3 }, context);
    expect(rows).toEqual([felix]);
    expect(service.arrived.map(({ url }) => url)).toEqual(['/cats?limit=3&owner=m_42']);
  });

  test('page reports whether there are more rows', async () => {
    const link = '</cats?page=1>; rel="first", </cats?page=3>; rel="next"';
    await using service = await startLocalService(({ url }, response) =>
      json(response, [felix], url.includes('limit=3') ? { link } : {}),
    );
    await using fetcher = fetcherFor(service.url);
    const request = requestContext();
    const context: Context = { request, loaders: new Loaders(fetcher.rows, request) };
    const pageOf = page(catList, { limit: arg('first') });
    expect(await pageOf.resolve({}, { first: 3 }, context)).toEqual({ rows: [felix], hasNext: true });
    expect(await pageOf.resolve({}, { first: 4 }, context)).toEqual({ rows: [felix], hasNext: false });
  });
});

test.each([
  ['a part is missing', { home: { street: 'Main Street' } }, 'no home.town'],
  ['the property is missing', {}, 'no home.town'],
  ['the property is null', { home: null }, 'no home.town'],
])('a conversion rejects a row without its property: %s', (_what, row, message) => {
  const field = computed(['home.town'], ({ home }: { home: Pick<Housed['home'], 'town'> }) => home.town);
  expect(() => field.resolve(row as Housed, {}, {} as Context)).toThrow(message);
});

test.each([
  ['felix', 'felix'],
  [Buffer.from('Cat:felix').toString('base64url'), 'felix'],
  [null, null],
])('keyOf decodes %j to %j', (id, key) => {
  expect(keyOf('Cat', arg('id')).read({}, { id }, {} as Context)).toBe(key);
});

test('a global id of another type is BAD_USER_INPUT', () => {
  const id = Buffer.from('Dog:rex').toString('base64url');
  const read = () => keyOf('Cat', arg('id')).read({}, { id }, {} as Context);
  expect(read).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT', message: 'The id belongs to the type Dog, not Cat.' }),
  );
});

test.each(['größe-1', 'a\u2028b', '😀', 'a:b,c/d'])('a global id of the key %j can be parsed', (key) => {
  expect(parseNodeId(nodeId('Cat', 'id').resolve({ id: key }, {}, {} as Context))).toEqual({ type: 'Cat', key });
});

test.each([[undefined], [null], [true], [1.5], [{}], ['\ud800'], ['a\nb']])(
  'a row with the key %j has no global id',
  (key) => {
    const field = nodeId('Cat', 'id');
    expect(() => field.resolve({ id: key as string }, {}, {} as Context)).toThrow(UnusableDataError);
  },
);

test('parseNodeId parses global ids, and returns undefined for other texts', () => {
  const id = nodeId('Cat', 'id').resolve({ id: 'a:b' }, {}, {} as Context);
  expect(parseNodeId(id)).toEqual({ type: 'Cat', key: 'a:b' });
  expect(parseNodeId(nodeId('Cat', 'id').resolve({ id: 7 }, {}, {} as Context))).toEqual({ type: 'Cat', key: '7' });
  for (const other of ['', 'felix', 'Q2F0', `${id}=`, 'ZmVsaXg']) expect(parseNodeId(other)).toBeUndefined();
});
