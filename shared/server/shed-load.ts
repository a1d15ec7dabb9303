import type { RequestHandler } from 'express';
import { OverloadedError } from '../request/errors.ts';
import { watchEventLoop } from './event-loop-lag.ts';

/** What a server takes on. */
export interface Capacity {
  /** Requests under way at once. */
  readonly maxInFlight: number;
  /** How late the event loop may be, in milliseconds. */
  readonly maxLagMs: number;
}

/**
 * Refuses requests that would only wait: while too many are under way, or the event loop is late. It is the first thing
 * that happens to a request, so that refusing costs next to nothing; those that are under way are then answered in time.
 */
export function shedLoad({ maxInFlight, maxLagMs }: Capacity, lagMs: () => number = watchEventLoop()): RequestHandler {
  let inFlight = 0;
  return (_request, response, next) => {
    if (inFlight >= maxInFlight || lagMs() > maxLagMs) throw new OverloadedError();
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    next();
  };
}
