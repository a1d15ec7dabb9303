import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { MemoryStore } from '@facet/testing/internal/memory-store.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ServiceTimeoutError } from '../../../request/errors.ts';
import { parseExactly } from '../../../request/exact-json.ts';
import { createLog } from '../../../telemetry/log.ts';
import type { Description } from '../../endpoint.ts';
import { inPath } from '../../id-style.ts';
import { CacheEntry } from '../cache-entry.ts';
import { grantOf, renewedGrant } from '../cacheability.ts';
import { EntityCache } from '../entity-cache.ts';
import { entryIn, MAX_AGE_SECONDS, textOf } from './entry.ts';
import { SharedCache } from './shared-cache.ts';
import type { Lookup } from './store.ts';

interface Thing {
  readonly id: string;
}

const common = { service: 'library', rowKey: 'id', public: true } as const;
const ENDPOINTS: readonly Description[] = [
  batchOf<Thing>()({ ...common, path: '/things' }),
  batchOf<Thing>()({ ...common, path: '/things/{id}', ids: inPath() }),
  listOf<Thing>()({ ...common, path: '/list', params: ['limit'] }),
];
const KEY = 'a';
const NOW = 1_800_000_000_000;
const MAX_AGE_MS = MAX_AGE_SECONDS * 1_000;

const pass = stoppedClock();

/** Property names with a meaning in an entry, a row or a JavaScript object. */
const name = fc.constantFrom(
  ...[
    'bornByStore',
    'bornByWriter',
    'headers',
    'value',
    'id',
    'rows',
    'hasNext',
    'length',
    'toJSON',
    'toString',
    'constructor',
    '__proto__',
  ],
);
const deep = fc.constantFrom(
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"1":'.repeat(8_000)}1${'}'.repeat(8_000)}`,
);
const scalar = fc.oneof(
  fc.json({ maxDepth: 0 }),
  fc.constantFrom('1e999', '-1e999', '1e308', '-0', '"a"', 'null', '{}', String(NOW)),
);

/** Any JSON, with a high share of meaningful names and values. */
const { json } = fc.letrec<{ json: string; object: string; array: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: scalar },
    { weight: 4, arbitrary: fc.json() },
    { weight: 1, arbitrary: deep },
    { weight: 4, arbitrary: tie('object') },
    { weight: 2, arbitrary: tie('array') },
  ),
  object: fc
    .array(fc.tuple(name, tie('json')), { maxLength: 6 })
    .map((entries) => `{${entries.map(([key, value]) => `"${key}":${value}`).join(',')}}`),
  array: fc.array(tie('json'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
}));

const seconds = fc.oneof(
  fc.nat(200_000),
  fc.constantFrom(31_536_000, Number.MAX_SAFE_INTEGER, '9'.repeat(400), '-1', 'x'),
);
const directive = fc.oneof(
  fc
    .tuple(fc.constantFrom('max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'), seconds)
    .map(([key, value]) => `${key}=${value}`),
  fc.constantFrom('no-cache', 'must-revalidate', 'proxy-revalidate', 'immutable', '__proto__=1', 'constructor'),
);
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.constantFrom('', '0', 'soon', 'Fri, 31 Dec 9999 23:59:59 GMT'),
);
const headers = fc.record(
  {
    'cache-control': fc.array(directive, { maxLength: 6 }).map((some) => ['public', ...some].join(', ')),
    expires: time,
    date: time,
    age: seconds.map(String),
    etag: fc.string({ maxLength: 20 }),
    'last-modified': time,
    pragma: fc.constantFrom('no-cache', ''),
    vary: fc.constantFrom('', 'Origin', '*', '__proto__'),
  },
  { requiredKeys: ['cache-control'] },
);
const born = fc.oneof(fc.integer({ min: NOW - 2 * MAX_AGE_MS, max: NOW + 2_000 }).map(String), scalar);

/** Entries of arbitrary rows that are valid except for their age, with their endpoints. */
const entry = fc
  .tuple(born, born, headers, fc.constantFrom(...ENDPOINTS.keys()), json)
  .map(([byStore, byWriter, some, kind, anything]): [string, number] => {
    const row = `{"id":"${KEY}","anything":${anything}}`;
    const value = kind === 2 ? `{"rows":[${row}],"hasNext":false}` : row;
    return [
      `{"bornByStore":${byStore},"bornByWriter":${byWriter},"headers":${JSON.stringify(some)},"value":${value}}`,
      kind,
    ];
  });

/** Checks that nothing is thrown, and that a usable entry is used for at most a day. */
function holds(text: Buffer, endpoint: Description): boolean {
  const found = entryIn(text, endpoint, KEY, { storeMs: NOW, sentAt: performance.now() });
  if (!found) return false;
  const cache = new EntityCache(10_000_000);
  cache.adopt(endpoint, KEY, undefined, found.value, found.grant);
  const kept = cache.find(endpoint, KEY, undefined);
  if (!kept) throw new Error('What was adopted is not there.');
  expect(kept.ageMs()).toBeGreaterThanOrEqual(0);
  expect(kept.ageMs() + kept.freshMs()).toBeLessThanOrEqual(Math.max(MAX_AGE_MS, kept.ageMs()));
  expect(kept.ageMs() + kept.usefulMs()).toBeLessThanOrEqual(Math.max(MAX_AGE_MS, kept.ageMs()));
  kept.isUsable();
  kept.mayServeOnError(new ServiceTimeoutError('library', 1));
  kept.validators();
  renewedGrant(kept.grant, {}, performance.now());
  return true;
}

describe('a number that a double would change', () => {
  const endpoint = ENDPOINTS[0] as Description;
  const write = (json: string) => {
    const grant = grantOf({ 'cache-control': 'public, max-age=60' }, performance.now());
    if (!grant) throw new Error('It is public.');
    return textOf(new CacheEntry(parseExactly(json), undefined, grant), NOW);
  };
  const read = (text: string, key: string) =>
    entryIn(Buffer.from(text), endpoint, key, { storeMs: NOW, sentAt: performance.now() });

  test('keeps all digits in the store, also as a key', () => {
    const text = write('{"id":9007199254740993,"n":12345678901234567890}');
    expect(text).toContain('"value":{"id":9007199254740993,"n":12345678901234567890}');
    expect(JSON.stringify(read(text, '9007199254740993')?.value)).toBe(
      '{"id":9007199254740993,"n":12345678901234567890}',
    );
    expect(read(text, '9007199254740992')).toBeUndefined();
  });

  test('is not written when it has become infinite', () => {
    expect(() => write('{"id":"a","n":1e400}')).toThrow('too large');
    expect(() => write('{"id":"null","n":null}')).not.toThrow();
  });
});

describe('any content of the store', () => {
  test('random bytes, texts and JSON are rejected or usable entries', () => {
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 1_000 }).map((bytes) => Buffer.from(bytes)),
      fc.oneof(fc.string(), json).map((some) => Buffer.from(some)),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...ENDPOINTS), (some, endpoint) => {
        holds(some, endpoint);
      }),
      { numRuns: 1_000 },
    );
  });

  test('an entry is used for at most a day, regardless of its headers', () => {
    let used = 0;
    // The number of usable random entries varies: more are drawn until there are enough.
    for (let round = 0; used < 100 && round < 20; round += 1) {
      fc.assert(
        fc.property(entry, ([text, kind]) => {
          if (holds(Buffer.from(text), ENDPOINTS[kind] as Description)) used += 1;
        }),
        { numRuns: 1_000 },
      );
    }
    expect(used).toBeGreaterThanOrEqual(100);
  });

  test('a lookup never rejects and counts each of its keys', async () => {
    // Not only texts: a proxy instead of the store may reply with other types.
    const value = fc.oneof(
      fc.constant(null),
      entry.map(([text]) => Buffer.from(text)),
      json.map((text) => Buffer.from(text)),
      fc.string().map((text) => Buffer.from(text)),
      fc.anything(),
    );
    const answer = fc.oneof(
      fc.record({ values: fc.oneof(fc.array(value, { maxLength: 5 }), fc.anything()), storeMs: fc.anything() }),
      fc.anything(),
    );
    const keys = ['a', 'b', 'c'];
    await fc.assert(
      fc.asyncProperty(answer, fc.constantFrom(...ENDPOINTS), async (values, endpoint) => {
        const store = new MemoryStore();
        store.read = async () => values as Lookup;
        const shared = new SharedCache(store, {}, { waitMs: 1_000 }, createLog('test', 'silent'));
        const found = await shared.find(endpoint, keys, undefined, requestContext());
        const [lookups] = shared.lookups;
        const { unusable = 0, missed = 0, unasked = 0 } = lookups ?? {};
        expect(lookups?.found).toBe(found.size);
        expect(found.size + unusable + missed + unasked).toBe(keys.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the age of an entry', () => {
  /**
   * Writes an entry of this age and reads it after this time. `fault` is the one wrong clock: the writer's or the reader's is off by
   * this amount, or the store's is set by it in between.
   */
  function readAfter(ageMs: number, elapsedMs: number, fault: { readonly of: string; readonly byMs: number }) {
    const offOf = (machine: string) => (fault.of === machine ? fault.byMs : 0);
    const bornAt = performance.now() - ageMs;
    const grant = grantOf({ 'cache-control': 'public, max-age=604800' }, bornAt);
    if (!grant) throw new Error('It is public.');
    pass.setSystemTime(offOf('writer'));
    const text = textOf(new CacheEntry({ id: KEY }, undefined, grant), NOW);
    pass.setSystemTime(-offOf('writer'));
    pass(elapsedMs);
    pass.setSystemTime(offOf('reader'));
    const look = { storeMs: NOW + elapsedMs + offOf('store'), sentAt: performance.now() };
    const found = entryIn(Buffer.from(text), ENDPOINTS[0] as Description, KEY, look);
    pass.setSystemTime(-offOf('reader'));
    return { bornAt, found };
  }

  const ageMs = fc.nat(3_600_000);
  const elapsedMs = fc.nat(3_600_000);

  test('is exact when all clocks are correct', () => {
    fc.assert(
      fc.property(ageMs, elapsedMs, (age, elapsed) => {
        const { bornAt, found } = readAfter(age, elapsed, { of: 'none', byMs: 0 });
        expect(found?.grant.bornAt).toBe(bornAt);
      }),
    );
  });

  test.each(['writer', 'reader', 'store'])('is never too small when the clock of the %s is wrong', (of) => {
    fc.assert(
      fc.property(ageMs, elapsedMs, fc.integer({ min: -MAX_AGE_MS, max: MAX_AGE_MS }), (age, elapsed, byMs) => {
        const { bornAt, found } = readAfter(age, elapsed, { of, byMs });
        if (found) expect(found.grant.bornAt).toBeLessThanOrEqual(bornAt);
      }),
      { numRuns: 500 },
    );
  });
});
