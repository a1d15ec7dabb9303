import { describe, expect, test } from '@jest/globals';
import { budgetOf, deadlineIn, RESERVE_MS, Reserve } from './deadline.ts';
import { UnauthenticatedError } from './errors.ts';
import { identityOf, isIdentifier } from './identity.ts';
import { createLedger, serverTiming } from './ledger.ts';
import { localeOf } from './locale.ts';
import { requestIdOf } from './request-id.ts';
import { traceContextOf } from './trace-context.ts';

describe('identity', () => {
  test.each(['m_42', 'auth0|5f7c8ec7c33c6c004bbafe82', 'ada@example.com', 'A', 'x'.repeat(128)])('accepts %s', (id) => {
    expect(identityOf({ 'x-member-id': id }, 'X-Member-Id')).toEqual({ header: 'X-Member-Id', id });
  });

  test.each(['', ' ', 'm_42 ', 'm_42, m_43', 'u\n42', 'u\u0000', 'ü', '../u', 'u/42', 'u?x', 'x'.repeat(129)])(
    'refuses %j',
    (id) => {
      expect(() => identityOf({ 'x-member-id': id }, 'X-Member-Id')).toThrow(UnauthenticatedError);
    },
  );

  test('rejects the header of another client', () => {
    expect(() => identityOf({ 'x-member-id': 'm_42' }, 'X-Branch-Id')).toThrow(UnauthenticatedError);
  });

  test('needs no escaping in a path or query beyond percent-encoding', () => {
    expect(isIdentifier('..')).toBe(false);
    expect(isIdentifier('a,b')).toBe(false);
    expect(isIdentifier('a&b')).toBe(false);
  });
});

test.each([
  ['abc-123', 'abc-123'],
  ['a b', undefined],
  ['x'.repeat(129), undefined],
  [undefined, undefined],
])('request id %j is kept or replaced', (given, kept) => {
  const id = requestIdOf(given === undefined ? {} : { 'x-request-id': given });
  expect(id).toEqual(kept ?? expect.stringMatching(/^[0-9a-f-]{36}$/));
});

describe('trace context', () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

  test('is forwarded unchanged', () => {
    expect(traceContextOf({ traceparent, tracestate: 'v=1', baggage: 'k=v' })).toEqual({
      traceparent,
      tracestate: 'v=1',
      baggage: 'k=v',
    });
  });

  const ids = `${'a'.repeat(32)}-${'b'.repeat(16)}`;

  test.each([
    `00-${ids}-00`,
    `00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-ff`,
    // Later versions may have more fields.
    `01-${ids}-01`,
    `cc-${ids}-01-more`,
    `fe-${ids}-01-`,
  ])('a traceparent %j is valid', (valid) => {
    expect(traceContextOf({ traceparent: valid, tracestate: 'v=1' })).toEqual({
      traceparent: valid,
      tracestate: 'v=1',
    });
  });

  test.each([
    '',
    '00-x',
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
    `ff-${ids}-01`,
    `00-${ids}-01-more`,
    `00-${ids}-01-`,
    `01-${ids}-01more`,
    `x${traceparent}`,
    `${traceparent} `,
    ...[...traceparent].map((_, index, all) => all.toSpliced(index, 1).join('')),
    ...[...traceparent].map((_, index, all) => all.toSpliced(index, 1, 'g').join('')),
    ...[...traceparent].map((_, index, all) => all.toSpliced(index, 1, 'A').join('')),
  ])('an invalid traceparent %j is dropped with its tracestate', (invalid) => {
    expect(traceContextOf({ traceparent: invalid, tracestate: 'v=1' })).toEqual({});
  });
});

describe('deadline', () => {
  test('decreases, less the reserve', () => {
    let now = 1_000;
    const deadline = deadlineIn(3_000, () => now);
    expect(deadline.remainingMs()).toBe(3_000 - RESERVE_MS);
    now += 3_000;
    expect(deadline.remainingMs()).toBe(-RESERVE_MS);
  });

  test('reserves somewhat more than recent responses took, within bounds', () => {
    const reserve = new Reserve();
    expect(reserve.of(3_000)).toBe(50);
    reserve.note(10);
    expect(reserve.of(3_000)).toBe(50);
    reserve.note(200);
    expect(reserve.of(3_000)).toBe(250);
    // A fast response hardly counts among slow ones, and slow ones fade among many fast ones.
    reserve.note(100);
    expect(reserve.of(3_000)).toBe(237.5);
    for (let answers = 0; answers < 50; answers += 1) reserve.note(10);
    expect(reserve.of(3_000)).toBe(50);
    reserve.note(10_000);
    expect(reserve.of(3_000)).toBe(750);
    expect(reserve.of(100)).toBe(50);
  });

  test.each([
    ['500', 500],
    ['0', 0],
    ['99999', 3_000],
    ['-1', 3_000],
    ['1.5', 3_000],
    ['soon', 3_000],
    ['', 3_000],
    [undefined, 3_000],
  ])('is lowered by X-Request-Timeout-Ms %j, never raised', (header, expected) => {
    expect(budgetOf(header === undefined ? {} : { 'x-request-timeout-ms': header }, 3_000)).toBe(expected);
  });
});

test.each([
  [undefined, 'en-US'],
  ['de-DE,de;q=0.9', 'de-DE'],
  ['en;q=0.5, ja', 'ja'],
  ['tlh', 'en-US'],
  ['tlh, fr', 'fr'],
  ['*', 'en-US'],
  ['ar-u-nu-thai', 'ar'],
  ['en-US-abcde-12345', 'en-US'],
  ['de-Cyrl-AQ', 'de'],
  ['pt-BR-x-private', 'pt-BR'],
  ['de-CH', 'de-CH'],
  ['; drop table', 'en-US'],
  [`${'tlh,'.repeat(9)}fr`, 'fr'],
  [`${'tlh,'.repeat(10)}fr`, 'en-US'],
  [`fr${' '.repeat(1_000)}`, 'en-US'],
])('Accept-Language %j is locale %s', (header, expected) => {
  expect(localeOf(header === undefined ? {} : { 'accept-language': header })).toBe(expected);
});

describe('ledger', () => {
  test('distinguishes waves, and measures how long each service was busy', () => {
    let now = 0;
    const ledger = createLedger(() => now);
    const profile = ledger.begin('members', 'GET /members', 1);
    const loans = ledger.begin('loans', 'GET /loans', 0);
    const other = ledger.begin('members', 'GET /members', 1);
    now = 10;
    ledger.end(profile);
    now = 20;
    ledger.end(loans);
    ledger.end(other);
    const books = ledger.begin('library', 'GET /books', 3);
    now = 25;
    ledger.end(books);
    expect(ledger.entries.map(({ wave }) => wave)).toEqual([1, 1, 1, 2]);
    expect(serverTiming(ledger)).toBe('total;dur=25.0, members;dur=20.0, loans;dur=20.0, library;dur=5.0');
  });
});
