import type { IncomingHttpHeaders } from 'node:http';
import { UnauthenticatedError } from './errors.ts';

/** Headers by which the gateway says who is asking. */
export type IdentityHeader = 'X-User-Id' | 'X-Partner-Id';

/** Who is asking: forwarded in the same header to every service that is not public. */
export interface Identity {
  readonly header: IdentityHeader;
  readonly id: string;
}

/** Longest identifier, in characters. */
const MAX_LENGTH = 128;

// No separators of ids, paths, queries or headers, and nothing that has to be escaped in any of them but "|" and "@".
const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9_.:@|=-]*$/;

/** Whether a text may become part of a URL or a header as an identifier: a user's, or a row's. */
export function isIdentifier(text: string): boolean {
  return text.length <= MAX_LENGTH && IDENTIFIER.test(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const CONTROL = /[\x00-\x1f\x7f]/;

/** Whether a text may become the value of a query parameter: a cursor's, or what is searched for. */
export function isParameter(text: string): boolean {
  return text.length <= 2 * MAX_LENGTH && !CONTROL.test(text);
}

/** The identity in the headers; throws UnauthenticatedError where it is missing, repeated or malformed. */
export function identityOf(headers: IncomingHttpHeaders, header: IdentityHeader): Identity {
  const id = headers[header.toLowerCase()];
  if (typeof id !== 'string' || !isIdentifier(id)) throw new UnauthenticatedError(header);
  return { header, id };
}
