import { LRUCache } from 'lru-cache';
import { UnusableDataError } from './answer-error.ts';

/** An amount of money as clients get it. */
export interface Money {
  /** Major units, to the 15 digits of a double. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** The exact amount as the caller's locale writes it. */
  readonly formatted: string;
}

/** Minor units in major ones: 4200 of USD is 42, of JPY 4200, of KWD 4.2. Throws UnusableDataError. */
export function toAmount(minorUnits: number, currency: string): number {
  return minorUnits / 10 ** minorDigits(minorUnits, currency);
}

/** Throws UnusableDataError where the minor units are no whole number or the currency is none. */
export function moneyOf(minorUnits: number, currency: string, locale: string): Money {
  const digits = minorDigits(minorUnits, currency);
  return {
    amount: minorUnits / 10 ** digits,
    currency,
    // As a decimal text, which Intl writes exactly, however many digits it has (ECMA-402, Intl mathematical values).
    formatted: formatterOf(locale, currency, digits).format(decimal(minorUnits, digits) as Intl.StringNumericLiteral),
  };
}

function decimal(minorUnits: number, digits: number): string {
  const units = BigInt(minorUnits);
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${units < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`;
}

/** Digits of the minor unit, by ISO 4217; ICU's own differ, because it leaves out cents that nobody pays with. */
function minorDigits(minorUnits: number, currency: string): number {
  // Beyond 2^53 a JSON number is no longer the amount that the service meant.
  if (!Number.isSafeInteger(minorUnits)) throw new UnusableDataError('Minor units have to be a whole number.');
  if (!/^[A-Z]{3}$/.test(currency)) throw new UnusableDataError('There is no such currency.');
  return MINOR_DIGITS[currency] ?? 2;
}

/** ISO 4217, list one: the currencies whose minor unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  ...having(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...having(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...having(4, 'CLF UYW'),
};

function having(count: number, currencies: string): Record<string, number> {
  return Object.fromEntries(currencies.split(' ').map((currency) => [currency, count]));
}

// Making a formatter costs more than a hundred times what using it does. Callers choose locales, so the number is bounded.
const FORMATTERS = new LRUCache<string, Intl.NumberFormat>({ max: 500 });

function formatterOf(locale: string, currency: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let formatter = FORMATTERS.get(key);
  if (!formatter) {
    const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    formatter = new Intl.NumberFormat(locale, { style: 'currency', currency, ...fraction });
    FORMATTERS.set(key, formatter);
  }
  return formatter;
}
