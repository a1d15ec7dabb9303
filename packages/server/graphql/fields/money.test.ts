import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnusableDataError } from '../answer-error.ts';
import { moneyOf, toAmount } from './money.ts';

describe('money', () => {
  test.each([
    [0, 'USD', 0, '$0.00'],
    [1, 'USD', 0.01, '$0.01'],
    [99, 'USD', 0.99, '$0.99'],
    [4200, 'USD', 42, '$42.00'],
    [-4200, 'USD', -42, '-$42.00'],
    [-1, 'USD', -0.01, '-$0.01'],
    [9_007_199_254_740_991, 'USD', 90_071_992_547_409.91, '$90,071,992,547,409.91'],
    [-9_007_199_254_740_991, 'USD', -90_071_992_547_409.91, '-$90,071,992,547,409.91'],
    [4200, 'JPY', 4200, '¥4,200'],
    [1, 'JPY', 1, '¥1'],
    [4200, 'KWD', 4.2, 'KWD 4.200'],
    [1, 'KWD', 0.001, 'KWD 0.001'],
    [-999, 'KWD', -0.999, '-KWD 0.999'],
    [420_000, 'HUF', 4200, 'HUF 4,200.00'],
    [4200, 'IQD', 4.2, 'IQD 4.200'],
  ])('%d minor units of %s', (cents, currency, amount, formatted) => {
    expect(moneyOf(cents, currency, 'en-US')).toEqual({
      amount,
      currency,
      formatted: formatted.replace(/([A-Z]{3}) /, '$1\u00a0'),
    });
    expect(toAmount(cents, currency)).toBe(amount);
  });

  test.each([
    ['de-DE', '1.234,56\u00a0€'],
    ['en-US', '€1,234.56'],
    ['ja', '€1,234.56'],
    ['fr', '1\u202f234,56\u00a0€'],
  ])('is formatted for the locale %s', (locale, formatted) => {
    expect(moneyOf(123_456, 'EUR', locale).formatted).toBe(formatted);
  });

  test('formats small and large amounts as Intl does, in any locale and currency', () => {
    const currencies = fc.constantFrom(['USD', 2], ['JPY', 0], ['KWD', 3], ['UYW', 4], ['EUR', 2]);
    const locales = fc.constantFrom('en-US', 'de-DE', 'fr', 'ja', 'ar-EG', 'hi-IN', 'sv');
    const amounts = fc.oneof(fc.nat(200_000), fc.integer({ min: -200_000, max: 0 }), fc.nat(2_000_000_000));
    fc.assert(
      fc.property(amounts, locales, currencies, (cents, locale, [currency, digits]) => {
        const fraction = { minimumFractionDigits: Number(digits), maximumFractionDigits: Number(digits) };
        const intl = new Intl.NumberFormat(locale, { style: 'currency', currency: String(currency), ...fraction });
        const { amount, formatted } = moneyOf(cents, String(currency), locale);
        expect(formatted).toBe(intl.format(cents === 0 ? 0 : amount));
      }),
      { numRuns: 500 },
    );
  });

  test('formatted is exact, and amount has 15 correct digits', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.constantFrom(['USD', 2], ['JPY', 0], ['KWD', 3]),
        (cents, [currency, digits]) => {
          const { amount, formatted } = moneyOf(cents, String(currency), 'en-US');
          expect(BigInt(formatted.replaceAll(/[^0-9-]/g, ''))).toBe(BigInt(cents));
          const units = `${cents}`.replace('-', '').padStart(Number(digits) + 1, '0');
          const point = units.length - Number(digits);
          const exact = Number(`${cents < 0 ? '-' : ''}${units.slice(0, point)}.${units.slice(point)}`);
          expect(amount.toPrecision(15)).toBe(exact.toPrecision(15));
        },
      ),
    );
  });

  test.each([
    [1.5, 'USD'],
    [2 ** 53, 'USD'],
    [Number.NaN, 'USD'],
    [Number.POSITIVE_INFINITY, 'USD'],
    [100, 'US'],
    [100, ''],
    [100, undefined as unknown as string],
    ['100' as unknown as number, 'USD'],
    [undefined as unknown as number, 'USD'],
    [null as unknown as number, 'USD'],
  ])('%p of %p is an UnusableDataError', (cents, currency) => {
    expect(() => moneyOf(cents, currency, 'en-US')).toThrow(UnusableDataError);
    expect(() => toAmount(cents, currency)).toThrow(UnusableDataError);
  });
});
