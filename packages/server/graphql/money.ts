import { UnusableDataError } from './answer-error.ts';
import { type CurrencyFormat, currencyFormat } from './currency-format.ts';

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
  return checked(minorUnits) / 10 ** minorDigits(currency);
}

/** Throws UnusableDataError where the minor units are no whole number or the currency is none. */
export function moneyOf(minorUnits: number, currency: string, locale: string): Money {
  const { divisor, write } = formatOf(locale, currency);
  return { amount: checked(minorUnits) / divisor, currency, formatted: write(minorUnits) };
}

/** Beyond 2^53 a JSON number is no longer the amount that the service meant. */
function checked(minorUnits: number): number {
  if (!Number.isSafeInteger(minorUnits)) throw new UnusableDataError('Minor units have to be a whole number.');
  return minorUnits;
}

/** Digits of the minor unit, by ISO 4217; ICU's own differ, because it leaves out cents that nobody pays with. */
function minorDigits(currency: string): number {
  if (String(currency).length !== 3 || !/^[A-Z]{3}$/.test(currency))
    throw new UnusableDataError('There is no such currency.');
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

interface KeptFormat extends CurrencyFormat {
  /** Minor units in a major one. */
  readonly divisor: number;
}

// Making a format costs a thousand times what using it does. Callers choose locales, so the number is bounded.
const formats = new Map<string, KeptFormat>();
const MAX_FORMATS = 500;

function formatOf(locale: string, currency: string): KeptFormat {
  const key = `${locale} ${currency}`;
  const kept = formats.get(key);
  if (kept) return kept;
  const digits = minorDigits(currency);
  const made = { divisor: 10 ** digits, ...currencyFormat(locale, currency, digits) };
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(key, made);
  return made;
}
