import { integerText } from './exact-json.ts';

/** Longest key or parameter, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 512;

// Nearly all keys match this.
const PLAIN = /^[\w.:@-]{1,128}$/;

/**
 * Whether a text is a valid key or parameter of a call: up to 512 bytes of UTF-8 without control characters. A lone surrogate has
 * no UTF-8.
 */
export function isKeyText(text: string): boolean {
  if (text.length > MAX_KEY_BYTES) return false;
  if (PLAIN.test(text)) return true;
  if (Buffer.byteLength(text) > MAX_KEY_BYTES) return false;
  return !/\p{Cc}/u.test(text) && text.isWellFormed();
}

/** The rule of isKeyText, for error messages. */
export const KEY_RULE = `a string of at most ${MAX_KEY_BYTES} bytes without control characters`;

/**
 * The text of a row's key: 7, 7.0 and "7" are the same key. Integers of any size keep their digits. Undefined for other numbers,
 * booleans, objects, and texts that isKeyText rejects.
 */
export function keyText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : integerText(value);
  return text !== undefined && isKeyText(text) ? text : undefined;
}

/** Percent-encodes all characters except the unreserved ones of RFC 3986 (section 2.3), for use in a path or query. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
