import { randomUUID } from 'node:crypto';
import { CodedError, ErrorCode } from './errors.ts';
import { MAX_TEXT_LENGTH } from './truncate.ts';

/** A double holds every integer up to here, and of those beyond only some. */
const MAX_EXACT = 2 ** 53;

/** A JSON number with fewer digits than this is always held by a double as it was written. */
const MANY_DIGITS = 16;

/** Longest integer that is written out, in digits; as long as a key may be. */
const MAX_DIGITS = 512;

/**
 * A JSON number that a double would change: 9007199254740993 would become …992. It keeps the text, so that ids stay exact
 * and JSON.stringify writes the same number again. Arithmetic with it throws SERVICE_BAD_RESPONSE.
 */
export class ExactNumber {
  // Private, so that nothing takes it for an object of the service's that has a property of that name.
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The number as it was written. */
  static textOf(number: ExactNumber): string {
    return number.#text;
  }

  toString(): string {
    return integerText(this) ?? this.#text;
  }

  /** graphql-js asks for it where a field is a String. */
  valueOf(): string {
    return this.toString();
  }

  toJSON(): unknown {
    return JSON.rawJSON(this.#text);
  }

  [Symbol.toPrimitive](hint: 'number' | 'string' | 'default'): string {
    if (hint === 'string') return this.toString();
    throw new CodedError(ErrorCode.ServiceBadResponse, 'A number of a service has too many digits to calculate with.');
  }
}

declare global {
  interface JSON {
    /** JSON text that JSON.stringify writes as it is (ECMAScript 2026, "JSON.parse source text access"). */
    rawJSON(text: string): unknown;
  }
}

/** Like JSON.parse, but with an ExactNumber for each number that a double would change. */
export function parseExactly(text: string, bytes: Buffer = Buffer.from(text)): unknown {
  if (!hasLongNumber(bytes)) return JSON.parse(text);
  const marked = markLongNumbers(bytes);
  return marked === undefined ? JSON.parse(text) : unmark(JSON.parse(marked));
}

/** Begins the strings that stand for long numbers. It is random, so that no text from outside begins with it. */
const MARK = `${randomUUID()} `;

/**
 * The JSON text with a marked string in place of each number that a double would change; undefined where there is none. A reviver of
 * JSON.parse would do the same at ten times the cost of parsing.
 */
function markLongNumbers(bytes: Buffer): string | undefined {
  const parts: string[] = [];
  // A byte order mark is no JSON.
  let from = bytes[0] === 0xef ? 3 : 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString) {
      if (byte === BACKSLASH) at += 1;
    } else if (isPartOfNumber(byte)) {
      const start = at;
      while (isPartOfNumber(bytes[at + 1])) at += 1;
      if (at + 1 - start < MANY_DIGITS) continue;
      const source = bytes.toString('latin1', start, at + 1);
      // What is no number stays as it is, so that JSON.parse refuses it.
      if (!JSON_NUMBER.test(source) || !isChanged(Number(source), source)) continue;
      parts.push(bytes.toString('utf8', from, start), `"${MARK}${source}"`);
      from = at + 1;
    }
  }
  return parts.length === 0 ? undefined : parts.join('') + bytes.toString('utf8', from);
}

/** Puts an ExactNumber in place of each marked string. It uses no recursion, since callers choose how deep a value is. */
function unmark(value: unknown): unknown {
  const root: Record<string, unknown> = { value };
  const open: Record<string, unknown>[] = [root];
  for (let object = open.pop(); object; object = open.pop()) {
    if (Array.isArray(object)) {
      for (let index = 0; index < object.length; index += 1) visit(object as never, index as never);
    } else for (const key of Object.keys(object)) visit(object, key);
  }
  return root['value'];

  function visit(object: Record<string, unknown>, key: string): void {
    const member = object[key];
    if (typeof member === 'string') {
      if (member.startsWith(MARK)) object[key] = new ExactNumber(member.slice(MARK.length));
    } else if (typeof member === 'object' && member !== null) open.push(member as Record<string, unknown>);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Whether there is a run of so many digits and dots, in a number or a string. Each such run covers one of the bytes that are
 * looked at; to look at all of them would take as long as parsing does.
 */
function hasLongNumber(bytes: Buffer): boolean {
  const { length } = bytes;
  for (let at = MANY_DIGITS - 1; at < length; at += MANY_DIGITS) {
    // Most bytes are letters.
    if ((bytes[at] ?? 0) > NINE || !isDigitOrDot(bytes[at])) continue;
    let start = at;
    while (isDigitOrDot(bytes[start - 1])) start -= 1;
    let end = at + 1;
    while (isDigitOrDot(bytes[end])) end += 1;
    // Most long runs are texts, or doubles with all their digits.
    const isNumber = end - start >= MANY_DIGITS && !isText(bytes[start - 1]);
    if (isNumber && !isFractionAt(bytes, start, end) && isChangedAt(bytes, start)) return true;
    at = end;
  }
  return false;
}

const isDigitOrDot = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x2e && byte <= 0x39 && byte !== 0x2f;

/** What stands before a number is white space, a comma, a colon, a bracket or a sign; nothing before the first byte. */
const isText = (before: number | undefined): boolean =>
  before !== undefined && before > 0x20 && before !== 0x2c && before !== 0x3a && before !== 0x5b && before !== 0x2d;

/** A fraction that any double shows to be one, by a digit other than 0 among its first 15. */
function isFractionAt(bytes: Buffer, start: number, end: number): boolean {
  if (isPartOfNumber(bytes[end])) return false;
  let at = start;
  while (at < start + MANY_DIGITS && bytes[at] !== DOT) at += 1;
  for (at += 1; at < start + MANY_DIGITS; at += 1) if (bytes[at] !== ZERO) return bytes[at] !== DOT;
  return false;
}

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

function isChangedAt(bytes: Buffer, start: number): boolean {
  let end = start;
  while (isPartOfNumber(bytes[end])) end += 1;
  const source = bytes.toString('latin1', start, end);
  return isChanged(Number(source), source);
}

const isPartOfNumber = (byte: number | undefined): boolean =>
  isDigitOrDot(byte) || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d;

/**
 * Whether the double of a number is not what was written: an integer that comes back with other digits, or a fraction of which
 * nothing is left. A fraction that a double only comes close to, like 0.1 or 0.30000000000000001, is what doubles are for.
 */
export function isChanged(double: number, source: string): boolean {
  if (source.length < MANY_DIGITS) return false;
  // Not looked at digit by digit.
  if (source.length > MAX_TEXT_LENGTH) return true;
  const isFraction = Math.abs(double) < MAX_EXACT && !Number.isInteger(double);
  return !isFraction && !isSameDecimal(decimalOf(source), decimalOf(String(double)));
}

/** The double next to a number; undefined where that is another integer, or beyond 2^53 at all. */
export function nearestDouble(number: ExactNumber): number | undefined {
  const double = Number(ExactNumber.textOf(number));
  return Math.abs(double) < MAX_EXACT ? double : undefined;
}

/** The digits of an integer, as an id has them; undefined for everything else. 7, 7.0 and 70e-1 are all "7". */
export function integerText(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'number' && !(value instanceof ExactNumber)) return undefined;
  const decimal = decimalOf(typeof value === 'number' ? String(value) : ExactNumber.textOf(value));
  if (!decimal || decimal.exponent < 0 || decimal.digits.length + decimal.exponent > MAX_DIGITS) return undefined;
  return decimal.sign + decimal.digits + '0'.repeat(decimal.exponent);
}

/** A decimal number: its digits without zeros at either end, times ten to the exponent. */
interface Decimal {
  readonly sign: '' | '-';
  readonly digits: string;
  readonly exponent: number;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

function decimalOf(text: string): Decimal | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const [, sign, integer = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const all = integer + fraction;
  let start = 0;
  while (all[start] === '0') start += 1;
  let end = all.length;
  while (end > start && all[end - 1] === '0') end -= 1;
  if (start === end) return { sign: '', digits: '0', exponent: 0 };
  return {
    sign: sign === '-' ? '-' : '',
    digits: all.slice(start, end),
    exponent: Number(exponent) - fraction.length + all.length - end,
  };
}

function isSameDecimal(a: Decimal | undefined, b: Decimal | undefined): boolean {
  return a?.sign === b?.sign && a?.digits === b?.digits && a?.exponent === b?.exponent;
}
