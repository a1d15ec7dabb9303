import { UnusableDataError } from '../answer-error.ts';
import { type CurrencyFormat, currencyFormat } from './currency-format.ts';

/** An amount of money in a client's schema. */
export interface Money {
  /** Major units, with the 15 significant digits of a double. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  /** The exact amount, formatted for the caller's locale. */
  readonly formatted: string;
}

/** Converts minor units to major units: 4200 is 42 in USD, 4200 in JPY, 4.2 in KWD. Throws as `moneyOf`. */
export function toAmount(minorUnits: number, currency: string): number {
  return checked(minorUnits) / 10 ** minorDigits(currency);
}

/** Throws UnusableDataError when the minor units are not a safe integer, or the currency is not an ISO 4217 code. */
export function moneyOf(minorUnits: number, currency: string, locale: string): Money {
  const { divisor, write } = formatOf(locale, currency);
  return { amount: checked(minorUnits) / divisor, currency, formatted: write(minorUnits) };
}

/** Beyond 2^53 a double may differ from the amount that the service sent. */
function checked(minorUnits: number): number {
  if (!Number.isSafeInteger(minorUnits))
    throw new UnusableDataError('The minor units are not a whole number below 2^53.');
  return minorUnits;
}

/** Digits of the minor unit by ISO 4217. ICU's data differs: it leaves out minor units without coins. */
function minorDigits(currency: string): number {
  if (String(currency).length !== 3 || !/^[A-Z]{3}$/.test(currency))
    throw new UnusableDataError('The currency is not an ISO 4217 code.');
  return MINOR_DIGITS[currency] ?? 2;
}

/** ISO 4217, list one: the currencies whose minor unit does not have two digits. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  ...withDigits(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...withDigits(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...withDigits(4, 'CLF UYW'),
};

function withDigits(count: number, currencies: string): Record<string, number> {
  return Object.fromEntries(currencies.split(' ').map((currency) => [currency, count]));
}

interface CachedFormat extends CurrencyFormat {
  /** Minor units per major unit. */
  readonly divisor: number;
}

// Creating a format takes a thousand times as long as using it. Callers choose the locale, so the cache is bounded.
const formats = new Map<string, CachedFormat>();
const MAX_FORMATS = 500;

function formatOf(locale: string, currency: string): CachedFormat {
  const key = `${locale} ${currency}`;
  const cached = formats.get(key);
  if (cached) return cached;
  const digits = minorDigits(currency);
  const format = { divisor: 10 ** digits, ...currencyFormat(locale, currency, digits) };
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(key, format);
  return format;
}
