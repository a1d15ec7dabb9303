import type { RequestHandler } from 'express';
import { Problem } from './problem.ts';

/**
 * Honours X-Request-Timeout-Ms, what is left of the caller's time: a request whose caller has no more of it, or has gone,
 * is not worked on. Requests that arrive together wait for one another, since a query holds the whole process, so this
 * is looked at when each one's turn comes.
 */
export const withinCallersTime: RequestHandler = (request, _response, next) => {
  const header = request.get('X-Request-Timeout-Ms') ?? '';
  const endsAt = /^\d{1,9}$/.test(header) ? performance.now() + Number(header) : Number.POSITIVE_INFINITY;
  setImmediate(() => {
    if (request.socket.destroyed) return;
    const isOver = performance.now() >= endsAt;
    next(isOver ? new Problem(504, 'Gateway Timeout', "The caller's time is over.") : undefined);
  });
};
