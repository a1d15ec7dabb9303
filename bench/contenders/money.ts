interface Currency {
  readonly formatter: Intl.NumberFormat;
  /** Minor units in a major one: 100 for USD, 1 for JPY. */
  readonly minorUnits: number;
}

/** An amount in minor units as a number of major ones. */
export function toAmount(cents: number, currency: string): number {
  return cents / currencyOf(currency).minorUnits;
}

/** The amount, its currency, and both as people of en-US write them. */
export function toMoney(cents: number, currency: string) {
  const { formatter, minorUnits } = currencyOf(currency);
  const amount = cents / minorUnits;
  return { amount, currency, formatted: formatter.format(amount) };
}

// Making a formatter costs a thousand times what using it does; there are as many as the services have currencies.
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
