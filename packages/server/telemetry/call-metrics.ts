import { CodedError } from '../request/errors.ts';
import type { LedgerEntry } from '../request/ledger.ts';
import type { Collector, Labels } from './collector.ts';
import { Histogram, SECONDS } from './collector.ts';

/** Bounds of the keys in one call, up to the default maxBatch. */
const KEYS = [1, 2, 5, 10, 20, 50, 100] as const;

/** The counters of one endpoint. */
class EndpointTally {
  ok = 0;
  /** Failed calls by error code. */
  readonly failed = new Map<string, number>();
  attempts = 0;
  hedged = 0;
  shared = 0;
  /** Truncated arrays in rows, counted once per path and response. */
  truncated = 0;
  bytes = 0;
  readonly seconds = new Histogram(SECONDS);
  /** Keys per call, for endpoints of rows. */
  readonly keys = new Histogram(KEYS);
}

/** The counters of the calls to one service. */
export class CallMetrics {
  readonly #endpoints = new Map<string, EndpointTally>();

  /** Counts an attempt: a first call, a retry or a hedge. */
  noteAttempt(endpoint: string): void {
    this.#of(endpoint).attempts += 1;
  }

  /** Counts a truncated array. */
  noteTruncated(endpoint: string): void {
    this.#of(endpoint).truncated += 1;
  }

  /** Counts a finished call. `failure` is its error, if it failed. */
  note(entry: LedgerEntry, failure: unknown): void {
    const tally = this.#of(entry.endpoint);
    if (entry.shared) {
      tally.shared += 1;
      return;
    }
    if (failure === undefined) tally.ok += 1;
    else {
      const code = failure instanceof CodedError ? failure.code : 'CALLER_GONE';
      tally.failed.set(code, (tally.failed.get(code) ?? 0) + 1);
    }
    if (entry.hedged) tally.hedged += 1;
    tally.bytes += entry.bytes;
    tally.seconds.note(((entry.endMs ?? entry.startMs) - entry.startMs) / 1_000);
    if (entry.keys > 0) tally.keys.note(entry.keys);
  }

  *[Symbol.iterator](): Iterator<[string, EndpointTally]> {
    yield* this.#endpoints;
  }

  #of(endpoint: string): EndpointTally {
    let tally = this.#endpoints.get(endpoint);
    if (!tally) {
      tally = new EndpointTally();
      this.#endpoints.set(endpoint, tally);
    }
    return tally;
  }
}

/** Metrics of the calls to services. */
export function callMetrics(services: Readonly<Record<string, { readonly calls: CallMetrics }>>): Collector[] {
  function* each(samples: (labels: Labels, tally: EndpointTally) => Samples): Samples {
    for (const [service, { calls }] of Object.entries(services)) {
      for (const [endpoint, tally] of calls) yield* samples({ service, endpoint }, tally);
    }
  }
  const labels = ['service', 'endpoint'];
  const counter = (name: Collector['name'], help: string, count: (tally: EndpointTally) => number): Collector => ({
    name,
    type: 'counter',
    help,
    labels,
    read: () => each((of, tally) => [[of, count(tally)]]),
  });
  return [
    {
      name: 'facet_service_calls_total',
      type: 'counter',
      help: 'Calls to services by result: OK or an error code. Retries and hedges are part of their call.',
      labels: [...labels, 'code'],
      read: () =>
        each((of, { ok, failed }) => [
          [{ ...of, code: 'OK' }, ok],
          ...Array.from(failed, ([code, count]) => [{ ...of, code }, count] as const),
        ]),
    },
    counter(
      'facet_service_attempts_total',
      'Requests sent to services, including retries and hedges.',
      (tally) => tally.attempts,
    ),
    counter(
      'facet_service_hedged_calls_total',
      'Calls for which a second call was sent beside a slow one.',
      (tally) => tally.hedged,
    ),
    counter(
      'facet_service_shared_calls_total',
      'Calls that were coalesced with the same call of another request.',
      (tally) => tally.shared,
    ),
    counter(
      'facet_service_cut_arrays_total',
      'Arrays in rows that were truncated because they were longer than maxItems of the OpenAPI document.',
      (tally) => tally.truncated,
    ),
    counter('facet_service_received_bytes_total', 'Size of the response bodies of services.', (tally) => tally.bytes),
    {
      name: 'facet_service_call_duration_seconds',
      type: 'histogram',
      help: 'Duration of calls, including retries and the wait for a connection.',
      labels,
      read: () => each((of, { seconds }) => [[of, seconds]]),
    },
    {
      name: 'facet_service_batch_keys',
      type: 'histogram',
      help: 'Keys in one call of an endpoint that returns rows by key.',
      labels,
      read: () => each((of, { keys }) => (keys.count === 0 ? [] : [[of, keys]])),
    },
  ];
}

type Samples = ReturnType<Collector['read']>;
