interface Currency {
  readonly formatter: Intl.NumberFormat;
  /** Minor units per major unit: 100 for USD, 1 for JPY. */
  readonly minorUnits: number;
}

/** Converts minor units to major units. */
export function toAmount(cents: number, currency: string): number {
  return cents / currencyOf(currency).minorUnits;
}

/** The amount in major units, its currency, and the amount formatted for en-US. */
export function toMoney(cents: number, currency: string) {
  const { formatter, minorUnits } = currencyOf(currency);
  const amount = cents / minorUnits;
  return { amount, currency, formatted: formatter.format(amount) };
}

// Creating a formatter costs about a thousand times as much as using it. The number of currencies is small.
const currencies = new Map<string, Currency>();

function currencyOf(code: string): Currency {
  let currency = currencies.get(code);
  if (!currency) {
    const formatter = new Intl.NumberFormat('en-US', { style: 'currency', currency: code });
    currency = { formatter, minorUnits: 10 ** (formatter.resolvedOptions().maximumFractionDigits ?? 2) };
    currencies.set(code, currency);
  }
  return currency;
}
