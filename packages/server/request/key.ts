import { integerText } from './exact-json.ts';

/** Longest key or parameter, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 512;

// What nearly all keys look like.
const PLAIN = /^[\w.:@-]{1,128}$/;

/**
 * Whether a text may be a key or a parameter of a call: up to 512 bytes of UTF-8 without control characters. A lone surrogate
 * has no UTF-8.
 */
export function isKeyText(text: string): boolean {
  if (text.length > MAX_KEY_BYTES) return false;
  if (PLAIN.test(text)) return true;
  if (Buffer.byteLength(text) > MAX_KEY_BYTES) return false;
  return !/\p{Cc}/u.test(text) && text.isWellFormed();
}

/** What isKeyText asks for, for error messages. */
export const KEY_RULE = `a string of at most ${MAX_KEY_BYTES} bytes without control characters`;

/**
 * The text of a row's key: 7, 7.0 and "7" are the same key. Integers of any size keep their digits. Undefined for what is no
 * key: other numbers, booleans, objects, and texts that isKeyText refuses.
 */
export function keyText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : integerText(value);
  return text !== undefined && isKeyText(text) ? text : undefined;
}

/** Percent-encodes a text for any place in a path or a query: all but the unreserved characters of RFC 3986 (section 2.3). */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
