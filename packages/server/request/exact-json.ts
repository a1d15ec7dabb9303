import { randomUUID } from 'node:crypto';
import { CodedError, ErrorCode } from './errors.ts';
import { MAX_TEXT_LENGTH } from './truncate.ts';

/** A double holds every integer up to this, but not all larger ones. */
const MAX_EXACT = 2 ** 53;

/** A double holds every JSON number with fewer digits than this exactly as written. */
const MANY_DIGITS = 16;

/** Most digits of an integer that is written out: the longest key. */
const MAX_DIGITS = 512;

/**
 * A JSON number that a double would change: 9007199254740993 would become …992. It stores the text, so that ids stay exact and
 * JSON.stringify writes the same number again. Arithmetic with it throws SERVICE_BAD_RESPONSE.
 */
export class ExactNumber {
  // Private, so that it cannot be confused with a property of a service's object.
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

  /** graphql-js calls it to serialize a String field. */
  valueOf(): string {
    return this.toString();
  }

  toJSON(): unknown {
    return JSON.rawJSON(this.#text);
  }

  [Symbol.toPrimitive](hint: 'number' | 'string' | 'default'): string {
    if (hint === 'string') return this.toString();
    throw new CodedError(
      ErrorCode.ServiceBadResponse,
      'A number in the response of a service has too many digits for arithmetic.',
    );
  }
}

declare global {
  interface JSON {
    /** Creates a value that JSON.stringify writes as `text` (ECMAScript 2026, "JSON.parse source text access"). */
    rawJSON(text: string): unknown;
  }
}

/** Parses JSON like JSON.parse, but with an ExactNumber for each number that a double would change. */
export function parseExactly(text: string, bytes: Buffer = Buffer.from(text)): unknown {
  if (!hasLongNumber(bytes)) return JSON.parse(text);
  const marked = markLongNumbers(bytes);
  return marked === undefined ? JSON.parse(text) : unmark(JSON.parse(marked));
}

/** Prefix of the strings that stand for long numbers. It is random, so that no external text has it. */
const MARK = `${randomUUID()} `;

/**
 * Replaces each number that a double would change by a marked string; undefined if there is none. A reviver for JSON.parse would
 * take ten times as long as parsing.
 */
function markLongNumbers(bytes: Buffer): string | undefined {
  const parts: string[] = [];
  // JSON.parse rejects a byte order mark.
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
      // Invalid numbers stay, so that JSON.parse rejects them.
      if (!JSON_NUMBER.test(source) || !isChanged(Number(source), source)) continue;
      parts.push(bytes.toString('utf8', from, start), `"${MARK}${source}"`);
      from = at + 1;
    }
  }
  return parts.length === 0 ? undefined : parts.join('') + bytes.toString('utf8', from);
}

/** Replaces each marked string by an ExactNumber. It uses no recursion, because callers choose how deep a value is. */
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
 * Whether there is a number of at least MANY_DIGITS digits and dots that a double would change. It reads only every 16th byte, one
 * of which each such run contains. Reading all bytes would take as long as parsing.
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
    // Most long runs are in strings, or are doubles with all their digits.
    const isNumber = end - start >= MANY_DIGITS && !isInText(bytes[start - 1]);
    if (isNumber && !isFractionAt(bytes, start, end) && isChangedAt(bytes, start)) return true;
    at = end;
  }
  return false;
}

const isDigitOrDot = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x2e && byte <= 0x39 && byte !== 0x2f;

/** Whether this byte cannot precede a number: white space, a comma, a colon, a bracket and a sign can, and so can the start. */
const isInText = (before: number | undefined): boolean =>
  before !== undefined && before > 0x20 && before !== 0x2c && before !== 0x3a && before !== 0x5b && before !== 0x2d;

/** Whether the number is a fraction with a digit other than 0 among its first 15, which every double preserves. */
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
 * Whether a double differs from the number as written: an integer with other digits, or a fraction that became an integer. A fraction
 * that a double only approximates, like 0.1 or 0.30000000000000001, does not count.
 */
export function isChanged(double: number, source: string): boolean {
  if (source.length < MANY_DIGITS) return false;
  // Too long to be compared digit by digit.
  if (source.length > MAX_TEXT_LENGTH) return true;
  const isFraction = Math.abs(double) < MAX_EXACT && !Number.isInteger(double);
  return !isFraction && !isSameDecimal(decimalOf(source), decimalOf(String(double)));
}

/** The double next to a number; undefined if its absolute value is 2^53 or more. */
export function nearestDouble(number: ExactNumber): number | undefined {
  const double = Number(ExactNumber.textOf(number));
  return Math.abs(double) < MAX_EXACT ? double : undefined;
}

/** The digits of an integer, as ids have them; undefined for anything else. 7, 7.0 and 70e-1 are all "7". */
export function integerText(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'number' && !(value instanceof ExactNumber)) return undefined;
  const decimal = decimalOf(typeof value === 'number' ? String(value) : ExactNumber.textOf(value));
  if (!decimal || decimal.exponent < 0 || decimal.digits.length + decimal.exponent > MAX_DIGITS) return undefined;
  return decimal.sign + decimal.digits + '0'.repeat(decimal.exponent);
}

/** A decimal number: its digits without leading and trailing zeros, times ten to the exponent. */
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
