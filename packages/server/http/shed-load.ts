import type { ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
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

const HOLDS_SLOT = Symbol('holds a slot');

/** Whether a request was admitted and its response is not handed over yet. */
export function holdsSlot(response: ServerResponse & { [HOLDS_SLOT]?: boolean }): boolean {
  return response[HOLDS_SLOT] === true;
}

/** The two places where a request may be refused for load. */
export interface Shedding {
  /** Refuses what `admit` would refuse, and takes no slot: before a body is read. */
  readonly checkLoad: RequestHandler;
  /**
   * Takes a slot, or refuses where there is none. A request gives its slot back when its response is handed to the socket, however
   * slowly the caller reads it, or when the caller has gone.
   */
  readonly admit: RequestHandler;
}

/**
 * Refuses requests that would only wait: while too many are under way, or the event loop is late. Those that are under way are then
 * answered in time.
 */
export function shedLoad(
  { maxInFlight, maxLagMs, maxUtilization }: Capacity,
  lagMs: () => number = watchEventLoop(),
  load = new ServerLoad(),
): Shedding {
  const admission = createAdmission(maxInFlight, maxUtilization);
  load.limit = admission.limit;
  watchUtilization((utilization) => {
    admission.note(utilization, load.inFlight);
    load.limit = admission.limit;
  });
  const refuseOverload = () => {
    if (load.inFlight >= load.limit) {
      load.shed.in_flight += 1;
      throw OVERLOADED;
    }
    if (lagMs() > maxLagMs) {
      load.shed.lag += 1;
      throw OVERLOADED;
    }
  };
  return {
    checkLoad: (_request, _response, next) => {
      refuseOverload();
      next();
    },
    admit: (_request, response: Response & { [HOLDS_SLOT]?: boolean }, next) => {
      // The caller may have gone while its identity was verified: there is nobody to answer, and no event to come.
      if (response.destroyed) return;
      refuseOverload();
      load.inFlight += 1;
      response[HOLDS_SLOT] = true;
      const release = () => {
        if (!response[HOLDS_SLOT]) return;
        response[HOLDS_SLOT] = false;
        load.inFlight -= 1;
      };
      // All of the response is in the socket's buffers then; 'finish' would wait for the caller to read it.
      response.once('prefinish', release);
      response.once('close', release);
      next();
    },
  };
}
