import { INVALID_KEYS, ODD_KEYS } from '@facet/testing/internal/odd-keys.ts';
import { expect, test } from '@jest/globals';
import { ExactNumber } from './exact-json.ts';
import { isKeyText, keyText, percentEncode } from './key.ts';

test.each(['b_1', '', ...ODD_KEYS, '.', '..', 'a,b', '"', 'a\u2028b', 'é'.repeat(256), '😀'.repeat(128)])(
  '%j may be a key',
  (text) => {
    expect(isKeyText(text)).toBe(true);
  },
);

test.each([...INVALID_KEYS, '😀'.repeat(129), 'x'.repeat(1_000_000)])('%j is not a key', (text) => {
  expect(isKeyText(text)).toBe(false);
});

test.each<[unknown, string | undefined]>([
  ['7', '7'],
  [7, '7'],
  [-0, '0'],
  [1e21, '1000000000000000000000'],
  [new ExactNumber('9007199254740993'), '9007199254740993'],
  [new ExactNumber('9007199254740993.5'), undefined],
  [1.5, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [Number.NaN, undefined],
  [true, undefined],
  [null, undefined],
  [undefined, undefined],
  [['a'], undefined],
  [{}, undefined],
  ['a\nb', undefined],
])('the key text of %p is %j', (value, text) => {
  expect(keyText(value)).toBe(text);
});

test('everything except unreserved characters is percent-encoded', () => {
  expect(percentEncode("AZaz09-._~ !'()*,/+%ß😀")).toBe('AZaz09-._~%20%21%27%28%29%2A%2C%2F%2B%25%C3%9F%F0%9F%98%80');
});
