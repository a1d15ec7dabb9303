import { CallerGoneError, OverloadedError } from '../../request/errors.ts';
import type { RequestState } from '../request-state.ts';
import { watchEventLoop, watchUtilization } from './event-loop.ts';
import { ServerLoad } from './server-load.ts';

/** The limits of a server. */
export interface Capacity {
  /** Most requests in progress at once. */
  readonly maxInFlight: number;
  /** Longest delay of the event loop, in milliseconds. */
  readonly maxLagMs: number;
  /** Share of the time that the event loop may be busy before the limit shrinks; 1 switches this off. */
  readonly maxUtilization: number;
}

/** Decides which requests this server takes on. */
export interface Admission {
  /** Rejects a request that `admit` would reject. It takes no slot, so that it can be called before a body is read. */
  check(): void;
  /**
   * Takes a slot for a request. The slot is free again when the response is handed to the socket, however slowly the caller reads it, or
   * when the caller hangs up. Throws OverloadedError if there is no slot, and CallerGoneError if the caller has hung up already.
   */
  admit(state: RequestState): void;
}

/** One instance for all requests: creating an error for each would cost as much as the rest of the rejection. Its stack is not logged. */
const OVERLOADED = new OverloadedError();

/**
 * Rejects requests while too many are in progress, or while the event loop is late. Admitted requests then finish in time, instead of
 * all requests waiting for each other.
 */
export function createAdmission(
  { maxInFlight, maxLagMs, maxUtilization }: Capacity,
  lagMs: () => number = watchEventLoop(),
  load = new ServerLoad(),
): Admission {
  const slots = createSlotLimit(maxInFlight, maxUtilization);
  load.limit = slots.limit;
  watchUtilization((utilization) => {
    slots.sample(utilization, load.inFlight);
    load.limit = slots.limit;
  });
  const check = () => {
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
    check,
    admit(state) {
      const { response } = state;
      // No event would release the slot of a caller that has hung up, as during the verification of its token.
      if (response.destroyed) throw new CallerGoneError();
      check();
      load.inFlight += 1;
      state.holdsSlot = true;
      const release = () => {
        if (!state.holdsSlot) return;
        state.holdsSlot = false;
        load.inFlight -= 1;
      };
      // The whole response is in the socket's buffers then. 'finish' would wait until the caller has read it.
      response.once('prefinish', release);
      response.once('close', release);
    },
  };
}

/** Weight of a sample in the moving average. A single pause, such as a garbage collection, is no overload. */
const WEIGHT = 0.2;

const SHRINK = 0.95;
const GROW = 1.05;

/** Below this share of the maximum, the utilization is low, and the limit recovers even with few requests. */
const LOW = 0.8;
/** From the lowest limit to 1,000 in seven seconds, at 20 samples a second. */
const RECOVER = 1.02;

/** The limit never falls below this. It equals the default number of connections to a service. */
const LOWEST = 64;

/** The number of requests that may be in progress at once. */
export interface SlotLimit {
  readonly limit: number;
  /** Takes a sample: the utilization of the event loop from 0 to 1, and the requests in progress. */
  sample(utilization: number, inFlight: number): void;
}

/**
 * A limit that follows the utilization of the event loop. It is `most` while the event loop has idle time: requests that wait for a slow
 * service cost nothing. Above `maxUtilization` it shrinks towards the number of requests that keeps the event loop busy, because more
 * requests only wait for each other and increase the cost of each, garbage collection above all. It grows again as soon as requests
 * reach it, and slowly while the utilization is low, so that a burst does not limit the next one.
 */
export function createSlotLimit(most: number, maxUtilization: number): SlotLimit {
  const lowest = Math.min(LOWEST, most);
  let limit = most;
  let average = 0;
  return {
    get limit() {
      return Math.floor(limit);
    },
    sample(utilization, inFlight) {
      average += (utilization - average) * WEIGHT;
      if (average > maxUtilization) limit = Math.max(lowest, Math.min(limit, inFlight) * SHRINK);
      else if (inFlight >= limit / GROW) limit = Math.min(most, limit * GROW);
      else if (average < maxUtilization * LOW) limit = Math.min(most, limit * RECOVER);
    },
  };
}
