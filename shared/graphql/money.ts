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
    formatted: formatterOf(locale, currency).format(decimal(minorUnits, digits) as Intl.StringNumericLiteral),
  };
}

function decimal(minorUnits: number, digits: number): string {
  const units = BigInt(minorUnits);
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${units < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`;
}

/** Digits of ISO 4217's minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
function minorDigits(minorUnits: number, currency: string): number {
  if (!Number.isInteger(minorUnits)) throw new UnusableDataError('Minor units have to be a whole number.');
  let digits = DIGITS.get(currency);
  if (digits === undefined) {
    digits = formatterOf('en-US', currency).resolvedOptions().maximumFractionDigits ?? 2;
    DIGITS.set(currency, digits);
  }
  return digits;
}

// Making a formatter costs a thousand times what using it does. Callers choose locales, so the number is bounded.
const FORMATTERS = new LRUCache<string, Intl.NumberFormat>({ max: 500 });
const DIGITS = new LRUCache<string, number>({ max: 500 });

function formatterOf(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let formatter = FORMATTERS.get(key);
  if (!formatter) {
    formatter = createFormatter(locale, currency);
    FORMATTERS.set(key, formatter);
  }
  return formatter;
}

function createFormatter(locale: string, currency: string): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency });
  } catch (error) {
    throw new UnusableDataError('There is no such currency.', { cause: error });
  }
}
