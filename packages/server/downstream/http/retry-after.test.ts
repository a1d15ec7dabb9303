import { expect, test } from '@jest/globals';
import { retryAfterMs } from './response-headers.ts';

/** The service's date, which need not match the clock of this machine. */
const date = 'Fri, 02 Jan 2026 03:04:05 GMT';

test.each([
  ['0', 0],
  ['120', 120_000],
  ['9999999999', 9_999_999_999_000],
  ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
  ['Friday, 02-Jan-26 03:04:15 GMT', 10_000],
  ['Fri Jan  2 03:04:15 2026', 10_000],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 0],
])('%j is %i ms', (header, expected) => {
  expect(retryAfterMs({ 'retry-after': header, date })).toBe(expected);
});

test.each([
  undefined,
  '',
  '-1',
  '+5',
  '1.5',
  '5;',
  '60s',
  '1e3',
  '0x10',
  '120, 120',
  'in 5 minutes',
  'tomorrow',
  '2026-01-02T03:04:15Z',
  'Fri, 02 Foo 2026 03:04:15 GMT',
  'Fri, 02 Jan 2026 03:04:15 +0100',
])('%j is ignored', (header) => {
  expect(retryAfterMs({ 'retry-after': header, date })).toBeUndefined();
});

test.each([{}, { date: 'now' }])('a date is ignored beside %j', (headers) => {
  expect(retryAfterMs({ ...headers, 'retry-after': 'Fri, 02 Jan 2026 03:04:15 GMT' })).toBeUndefined();
  expect(retryAfterMs({ ...headers, 'retry-after': '10' })).toBe(10_000);
});
