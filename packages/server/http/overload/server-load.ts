import type { Collector } from '../../telemetry/collector.ts';
import { Histogram } from '../../telemetry/collector.ts';

const LAG_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] as const;

/** How busy a server is: read by the admission and by the metrics. */
export class ServerLoad {
  /** Requests in progress. */
  inFlight = 0;
  /** The current limit of requests in progress. */
  limit = 0;
  /** Requests whose body is arriving. They hold no slot yet. */
  arriving = 0;
  /** Rejected requests, by reason. */
  readonly shed = { in_flight: 0, lag: 0, body_memory: 0 };
  /** Open connections. */
  connections = 0;
  /** Connections that the server has closed, by reason. */
  readonly closed = { limit: 0, pipelining: 0, write_timeout: 0, unsent_memory: 0 };
  readonly #lag = new Histogram(LAG_SECONDS);

  noteLag(milliseconds: number): void {
    this.#lag.note(milliseconds / 1_000);
  }

  get metrics(): Collector[] {
    return [
      {
        name: 'facet_requests_in_flight',
        type: 'gauge',
        help: 'Requests in progress.',
        labels: [],
        read: () => [[{}, this.inFlight]],
      },
      {
        name: 'facet_requests_in_flight_limit',
        type: 'gauge',
        help: 'Limit of requests in progress; it falls while the event loop is saturated.',
        labels: [],
        read: () => [[{}, this.limit]],
      },
      {
        name: 'facet_request_bodies_arriving',
        type: 'gauge',
        help: 'Requests whose body is arriving.',
        labels: [],
        read: () => [[{}, this.arriving]],
      },
      {
        name: 'facet_requests_shed_total',
        type: 'counter',
        help: 'Requests that were rejected because of overload, by reason.',
        labels: ['reason'],
        read: () => byReason(this.shed),
      },
      {
        name: 'facet_connections',
        type: 'gauge',
        help: 'Open connections from callers.',
        labels: [],
        read: () => [[{}, this.connections]],
      },
      {
        name: 'facet_connections_closed_total',
        type: 'counter',
        help: 'Connections from callers that the server closed to stay within its limits, by reason.',
        labels: ['reason'],
        read: () => byReason(this.closed),
      },
      {
        name: 'facet_event_loop_lag_seconds',
        type: 'histogram',
        help: 'Delay of the event loop, sampled 20 times a second.',
        labels: [],
        read: () => [[{}, this.#lag]],
      },
      {
        name: 'facet_event_loop_busy_seconds_total',
        type: 'counter',
        help: 'Time in which the event loop was busy; its rate is the utilization.',
        labels: [],
        read: () => [[{}, performance.eventLoopUtilization().active / 1_000]],
      },
    ];
  }
}

function byReason(counts: Readonly<Record<string, number>>): [{ reason: string }, number][] {
  return Object.entries(counts).map(([reason, count]) => [{ reason }, count]);
}
