/** Formats amounts of one currency for one locale. */
export interface CurrencyFormat {
  /** Formats minor units, a safe integer, without loss of digits. */
  readonly write: (minorUnits: number) => string;
}

/**
 * The format of Intl.NumberFormat, with the fraction digits of the currency's minor unit. For locales with plain digit grouping, a
 * writer of our own produces the same text in a fifth of the time. It is used only when it agrees with Intl on all SAMPLES.
 */
export function currencyFormat(locale: string, currency: string, digits: number): CurrencyFormat {
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const intl = new Intl.NumberFormat(locale, { style: 'currency', currency, ...fraction });
  // Intl formats a decimal text exactly, unlike a double (ECMA-402, Intl mathematical values).
  const byIntl = (minorUnits: number) => intl.format(decimal(minorUnits, digits) as Intl.StringNumericLiteral);
  const plain = plainWriter(intl, digits);
  return { write: SAMPLES.every((sample) => plain(sample) === byIntl(sample)) ? plain : byIntl };
}

// Every length of the integer part, both signs, and digits that reveal their order.
const SAMPLES = [0, 7, 42, 105, 9_999].concat(
  Array.from({ length: 15 }, (_, length) => Number('1234567890123456'.slice(0, length + 2))),
  Array.from({ length: 15 }, (_, length) => -Number('9876543210987654'.slice(0, length + 2))),
  [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, -1],
);

/** Takes prefix, suffix and separators from one formatted sample, and groups digits in threes. */
function plainWriter(intl: Intl.NumberFormat, digits: number): (minorUnits: number) => string {
  const positive = around(intl, 1_234);
  const negative = around(intl, -1_234);
  return (minorUnits) => {
    const text = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
    const { before, group, point, after } = minorUnits < 0 ? negative : positive;
    let whole = digits === 0 ? text : text.slice(0, -digits);
    let grouped = '';
    for (; whole.length > 3; whole = whole.slice(0, -3)) grouped = group + whole.slice(-3) + grouped;
    const rest = digits === 0 ? '' : point + text.slice(-digits);
    return before + whole + grouped + rest + after;
  };
}

interface Around {
  readonly before: string;
  readonly group: string;
  readonly point: string;
  readonly after: string;
}

function around(intl: Intl.NumberFormat, sample: number): Around {
  const parts = intl.formatToParts(sample);
  const isNumber = ({ type }: Intl.NumberFormatPart) => NUMBER_PARTS.has(type);
  const first = parts.findIndex(isNumber);
  const last = parts.findLastIndex(isNumber);
  const join = (some: readonly Intl.NumberFormatPart[]) => some.map(({ value }) => value).join('');
  return {
    before: join(parts.slice(0, first)),
    group: parts.find(({ type }) => type === 'group')?.value ?? '',
    point: parts.find(({ type }) => type === 'decimal')?.value ?? '',
    after: join(parts.slice(last + 1)),
  };
}

const NUMBER_PARTS: ReadonlySet<string> = new Set(['integer', 'group', 'decimal', 'fraction']);

function decimal(minorUnits: number, digits: number): string {
  const units = BigInt(minorUnits);
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${units < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`;
}
