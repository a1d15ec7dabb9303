import { ErrorCode } from '../request/errors.ts';
import type { ClientVersion, ClientVersions } from './client-versions.ts';
import type { Collector } from './collector.ts';
import { OUTCOMES, type Outcome, RequestTally } from './request-tally.ts';

/** In place of a screen, of requests that never got as far as to an operation. */
export const NO_SCREEN = 'none';

const CODES: ReadonlySet<unknown> = new Set(Object.values(ErrorCode));

/** Rate, errors and duration of the requests of a server, per screen and version of its client. */
export class RequestMetrics {
  readonly #clients: ClientVersions;
  /** How often there was which error, by screen, code and service. */
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

  /** Notes one error in an answer; `code` and `service` are what it says of itself. */
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

  get families(): Collector[] {
    return [
      {
        name: 'facet_requests_total',
        type: 'counter',
        help: 'Requests by outcome: ok, partial (an error in a section), failed, refused (the caller’s fault), shed, gone.',
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
        help: 'Time from the arrival of a request until its answer was written, or its caller had gone.',
        labels: ['screen', 'client_name', 'client_version'],
        read: () => this.#tallies((labels, { seconds }) => [[labels, seconds]]),
      },
      {
        name: 'facet_errors_total',
        type: 'counter',
        help: 'Errors in answers, by their code and the service that failed.',
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
