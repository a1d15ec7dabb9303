import type { RequestHandler } from 'express';
import { Problem } from './problem.ts';

/**
 * Honours X-Request-Timeout-Ms: skips requests whose time is over or whose caller has disconnected. Queries block the process, so
 * concurrent requests queue. The time is therefore checked when a request is about to be processed.
 */
export const withinCallersTime: RequestHandler = (request, _response, next) => {
  const header = request.get('X-Request-Timeout-Ms') ?? '';
  const endsAt = /^\d{1,9}$/.test(header) ? performance.now() + Number(header) : Number.POSITIVE_INFINITY;
  setImmediate(() => {
    if (request.socket.destroyed) return;
    const isOver = performance.now() >= endsAt;
    next(isOver ? new Problem(504, 'Gateway Timeout', "The caller's timeout has expired.") : undefined);
  });
};
