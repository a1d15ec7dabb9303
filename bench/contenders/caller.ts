import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What goes on to every service that is not public: who is asking, and the id that ties the calls together. */
export interface Caller {
  readonly 'x-user-id': string;
  readonly 'x-request-id': string;
}

/** The caller in the headers; throws where there is none. */
export function callerOf(headers: IncomingHttpHeaders): Caller {
  const userId = headers['x-user-id'];
  const requestId = headers['x-request-id'];
  if (typeof userId !== 'string') throw new Error('X-User-Id is missing.');
  return { 'x-user-id': userId, 'x-request-id': typeof requestId === 'string' ? requestId : randomUUID() };
}
