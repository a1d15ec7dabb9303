import type { IncomingMessage } from 'node:http';
import type { Identity } from '../../request/identity.ts';

/**
 * Who makes a request: at once, where nothing has to be waited for. Throws or rejects with UnauthenticatedError, and with
 * IdentityUnavailableError where nobody can say.
 */
export type Identify = (request: IncomingMessage) => Identity | Promise<Identity>;
