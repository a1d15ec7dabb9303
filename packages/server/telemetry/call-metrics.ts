import { CodedError } from '../request/errors.ts';
import type { LedgerEntry } from '../request/ledger.ts';
import type { Collector, Labels } from './collector.ts';
import { Histogram, SECONDS } from './histogram.ts';

/** Keys in one call, up to what an endpoint takes by default. */
const KEYS = [1, 2, 5, 10, 20, 50, 100] as const;

/** What is counted of one endpoint. */
class EndpointTally {
  ok = 0;
  /** Calls that failed, by the code of the error. */
  readonly failed = new Map<string, number>();
  attempts = 0;
  hedged = 0;
  shared = 0;
  /** Arrays in rows that were truncated, each place once an answer. */
  cut = 0;
  bytes = 0;
  readonly seconds = new Histogram(SECONDS);
  /** Of endpoints that are asked by key. */
  readonly keys = new Histogram(KEYS);
}

/** What is counted of the calls to one service. */
export class CallMetrics {
  readonly #endpoints = new Map<string, EndpointTally>();

  /** Notes that a call was really sent, be it for the first time, again, or beside the first. */
  noteAttempt(endpoint: string): void {
    this.#of(endpoint).attempts += 1;
  }

  /** Notes an array in an answer's rows that was longer than the service's document allows. */
  noteCut(endpoint: string): void {
    this.#of(endpoint).cut += 1;
  }

  /** Notes a call that is over, and why it failed where it did. */
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

/** The figures of the calls to these services. */
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
      help: 'Calls to services by their end: OK, or the code of the error. Retries and hedges are part of their call.',
      labels: [...labels, 'code'],
      read: () =>
        each((of, { ok, failed }) => [
          [{ ...of, code: 'OK' }, ok],
          ...Array.from(failed, ([code, count]) => [{ ...of, code }, count] as const),
        ]),
    },
    counter(
      'facet_service_attempts_total',
      'Requests that were sent to services, retries and hedges among them.',
      (tally) => tally.attempts,
    ),
    counter(
      'facet_service_hedged_calls_total',
      'Calls that were made a second time beside the first.',
      (tally) => tally.hedged,
    ),
    counter(
      'facet_service_shared_calls_total',
      'Calls that were not made, since another request had the same one under way.',
      (tally) => tally.shared,
    ),
    counter(
      'facet_service_cut_arrays_total',
      'Arrays in rows that were truncated because they were longer than maxItems of the OpenAPI document.',
      (tally) => tally.cut,
    ),
    counter(
      'facet_service_received_bytes_total',
      'Bytes of the bodies that services answered.',
      (tally) => tally.bytes,
    ),
    {
      name: 'facet_service_call_duration_seconds',
      type: 'histogram',
      help: 'Time that a call took, with its retries and its wait for a connection.',
      labels,
      read: () => each((of, { seconds }) => [[of, seconds]]),
    },
    {
      name: 'facet_service_batch_keys',
      type: 'histogram',
      help: 'Keys in one call of an endpoint that is asked by key.',
      labels,
      read: () => each((of, { keys }) => (keys.count === 0 ? [] : [[of, keys]])),
    },
  ];
}

type Samples = ReturnType<Collector['read']>;
