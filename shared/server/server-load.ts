import type { Family } from '../telemetry/family.ts';
import { Histogram } from '../telemetry/histogram.ts';

const LAG_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] as const;

/** How busy a server is, for those who decide by it and those who watch it. */
export class ServerLoad {
  /** Requests under way. */
  inFlight = 0;
  /** Most of them, as it is now. */
  limit = 0;
  /** Requests that were refused since there were too many, and since the event loop was late. */
  shedForNumber = 0;
  shedForLag = 0;
  readonly #lag = new Histogram(LAG_SECONDS);

  noteLag(milliseconds: number): void {
    this.#lag.note(milliseconds / 1_000);
  }

  get families(): Family[] {
    return [
      {
        name: 'facet_requests_in_flight',
        type: 'gauge',
        help: 'Requests under way.',
        labels: [],
        read: () => [[{}, this.inFlight]],
      },
      {
        name: 'facet_requests_in_flight_limit',
        type: 'gauge',
        help: 'Most requests that are let in at once; it falls while the event loop has no time to spare.',
        labels: [],
        read: () => [[{}, this.limit]],
      },
      {
        name: 'facet_requests_shed_total',
        type: 'counter',
        help: 'Requests that were refused since there were too many, or since the event loop was late.',
        labels: ['reason'],
        read: () => [
          [{ reason: 'in_flight' }, this.shedForNumber],
          [{ reason: 'lag' }, this.shedForLag],
        ],
      },
      {
        name: 'facet_event_loop_lag_seconds',
        type: 'histogram',
        help: 'By how much the event loop was late, looked at 20 times a second.',
        labels: [],
        read: () => [[{}, this.#lag]],
      },
      {
        name: 'facet_event_loop_busy_seconds_total',
        type: 'counter',
        help: 'Time that the event loop had something to do; its rate is the utilization.',
        labels: [],
        read: () => [[{}, performance.eventLoopUtilization().active / 1_000]],
      },
    ];
  }
}
