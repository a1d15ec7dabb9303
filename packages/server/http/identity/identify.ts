import type { IncomingMessage } from 'node:http';
import type { Identity } from '../../request/identity.ts';

/**
 * Who makes a request: at once, where nothing has to be waited for. Throws or rejects with UnauthenticatedError, and with
 * IdentityUnavailableError where nobody can say.
 */
export interface Identify {
  (request: IncomingMessage): Identity | Promise<Identity>;
  /** Resolves when what it needs is loaded and the issuer was asked once for its keys, whatever came of that. */
  readonly loaded?: Promise<unknown>;
}
