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

// No separators of headers, paths or queries.
const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9_.:@|=-]*$/;

/** Whether a text may be a caller's identity: it goes into headers. Keys of rows are checked by isKeyText. */
export function isIdentifier(text: string): boolean {
  return text.length <= MAX_LENGTH && IDENTIFIER.test(text);
}

/** The identity in the headers; throws UnauthenticatedError where it is missing, repeated or malformed. */
export function identityOf(headers: IncomingHttpHeaders, header: IdentityHeader): Identity {
  const id = headers[header.toLowerCase()];
  if (typeof id !== 'string' || !isIdentifier(id)) throw new UnauthenticatedError(header);
  return { header, id };
}
