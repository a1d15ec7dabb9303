import { ErrorCode } from '../request/errors.ts';
import type { ClientVersion, ClientVersions } from './client-versions.ts';
import { OUTCOMES, type Outcome, RequestTally } from './client-versions.ts';
import type { Collector } from './collector.ts';

/** Screen label of requests that never reached an operation. */
export const NO_SCREEN = 'none';

const CODES: ReadonlySet<unknown> = new Set(Object.values(ErrorCode));

/** Rate, errors and duration of requests, by screen and client version. */
export class RequestMetrics {
  readonly #clients: ClientVersions;
  /** Number of errors by screen, code and service. */
  readonly #errors = new Map<string, { readonly labels: Readonly<Record<string, string>>; count: number }>();

  constructor(clients: ClientVersions) {
    this.#clients = clients;
  }

  note(client: ClientVersion, screen: string, outcome: Outcome, milliseconds: number): void {
    let tally = client.requests.get(screen);
    if (!tally) {
      tally = new RequestTally();
      client.requests.set(screen, tally);
    }
    tally.outcomes[outcome] += 1;
    tally.seconds.note(milliseconds / 1_000);
  }

  /** Counts an error in a response. `code` and `service` are its extensions. */
  noteError(screen: string, code: unknown, service: unknown): void {
    const labels = {
      screen,
      code: CODES.has(code) ? String(code) : 'other',
      service: typeof service === 'string' ? service : '',
    };
    const key = JSON.stringify(labels);
    const known = this.#errors.get(key);
    if (known) known.count += 1;
    else this.#errors.set(key, { labels, count: 1 });
  }

  get collectors(): Collector[] {
    return [
      {
        name: 'facet_requests_total',
        type: 'counter',
        help: 'Requests by outcome: ok, partial (a section failed), failed, refused (the caller’s fault), shed (overload), gone (the caller hung up).',
        labels: ['screen', 'client_name', 'client_version', 'outcome'],
        read: () =>
          this.#tallies((labels, { outcomes }) =>
            OUTCOMES.filter((outcome) => outcomes[outcome] > 0).map((outcome) => [
              { ...labels, outcome },
              outcomes[outcome],
            ]),
          ),
      },
      {
        name: 'facet_request_duration_seconds',
        type: 'histogram',
        help: 'Time from the arrival of a request until its response was written or its caller hung up.',
        labels: ['screen', 'client_name', 'client_version'],
        read: () => this.#tallies((labels, { seconds }) => [[labels, seconds]]),
      },
      {
        name: 'facet_errors_total',
        type: 'counter',
        help: 'Errors in responses, by code and failed service.',
        labels: ['screen', 'code', 'service'],
        read: () => Array.from(this.#errors.values(), ({ labels, count }) => [labels, count] as const),
      },
    ];
  }

  *#tallies(samples: (labels: Readonly<Record<string, string>>, tally: RequestTally) => Samples): Samples {
    for (const { name, version, requests } of this.#clients) {
      for (const [screen, tally] of requests) {
        yield* samples({ screen, client_name: name, client_version: version }, tally);
      }
    }
  }
}

type Samples = ReturnType<Collector['read']>;

/** Screen label of all ad-hoc operations. */
export const AD_HOC = 'ad_hoc';
