import { describe, expect, test } from '@jest/globals';
import { isNetwork } from './network.ts';
import { quantityOf } from './quantity.ts';

describe('a quantity', () => {
  test.each([
    ['1', 1],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['100m', 0.1],
    ['2k', 2_000],
    ['1e3', 1_000],
    ['1E', 1e18],
    ['1E-2', 0.01],
    ['64Mi', 67_108_864],
    ['1.5Gi', 1_610_612_736],
    [3, 3],
  ])('%s is %d', (text, amount) => {
    expect(quantityOf(text)).toBeCloseTo(amount, 9);
  });

  test.each(['', 'm', '64MB', '64 Mi', '1.2.3', '64mi', '1K', undefined])('%s is none', (text) => {
    expect(quantityOf(text)).toBeUndefined();
  });
});

describe('a network', () => {
  test.each([
    '10.0.0.0/8',
    '10.20.30.40/32',
    '0.0.0.0/0',
    'fd00:20::/32',
    '::/0',
    '::ffff:10.0.0.0/104',
    'fd00::1/128',
  ])('%s is one', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  test.each([
    '10.0.0.1/8',
    '10.128.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0/8',
    '10.0.0.0',
    'fd00:20::1/32',
    'fd00::/129',
    'facet/8',
    undefined,
  ])('%s is none', (text) => {
    expect(isNetwork(text)).toBe(false);
  });
});
