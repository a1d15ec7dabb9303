import type { RequestHandler } from 'express';
import { OverloadedError } from '../request/errors.ts';
import { createAdmission } from './admission.ts';
import { watchEventLoop } from './event-loop-lag.ts';
import { watchUtilization } from './event-loop-utilization.ts';
import { ServerLoad } from './server-load.ts';

/** What a server takes on. */
export interface Capacity {
  /** Requests under way at once. */
  readonly maxInFlight: number;
  /** How late the event loop may be, in milliseconds. */
  readonly maxLagMs: number;
  /** Share of the time that the event loop may be busy before fewer requests are let in; 1 lets all in. */
  readonly maxUtilization: number;
}

/** One for all: an error of its own for each would cost as much as all the rest of refusing. Nobody logs its stack. */
const OVERLOADED = new OverloadedError();

/**
 * Refuses requests that would only wait: while too many are under way, or the event loop is late. It is the first thing
 * that happens to a request, so that refusing costs next to nothing; those that are under way are then answered in time.
 */
export function shedLoad(
  { maxInFlight, maxLagMs, maxUtilization }: Capacity,
  lagMs: () => number = watchEventLoop(),
  load = new ServerLoad(),
): RequestHandler {
  const admission = createAdmission(maxInFlight, maxUtilization);
  load.limit = admission.limit;
  watchUtilization((utilization) => {
    admission.note(utilization, load.inFlight);
    load.limit = admission.limit;
  });
  return (_request, response, next) => {
    if (load.inFlight >= load.limit) {
      load.shedForNumber += 1;
      throw OVERLOADED;
    }
    if (lagMs() > maxLagMs) {
      load.shedForLag += 1;
      throw OVERLOADED;
    }
    load.inFlight += 1;
    response.once('close', () => {
      load.inFlight -= 1;
    });
    next();
  };
}
