import type { IncomingHttpHeaders } from 'node:http';
import { UnauthenticatedError } from './errors.ts';

/** The identity of the caller. It is forwarded in the same header with every call to an endpoint that is not public. */
export interface Identity {
  /** Header that carries the id to every endpoint that is not public, such as `X-User-Id`. */
  readonly header: string;
  readonly id: string;
}

/** Longest identity, in characters. */
const MAX_LENGTH = 128;

// It excludes separators of headers, paths and queries.
const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9_.:@|=-]*$/;

/** Whether a text is a valid identity, which goes into headers. isKeyText checks keys of rows. */
export function isIdentifier(text: string): boolean {
  return text.length <= MAX_LENGTH && IDENTIFIER.test(text);
}

/** Reads the identity. Throws an UnauthenticatedError if it is missing, repeated or malformed. */
export function identityOf(headers: IncomingHttpHeaders, header: string): Identity {
  const id = headers[header.toLowerCase()];
  if (typeof id !== 'string' || !isIdentifier(id)) throw new UnauthenticatedError(header);
  return { header, id };
}
