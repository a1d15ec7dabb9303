import type { IncomingHttpHeaders } from 'node:http';
import type { RunOperation } from '../request/ledger.ts';
import { Histogram, SECONDS } from './collector.ts';

/** A release of a client, according to Apollo's headers, with its counters. */
export class ClientVersion {
  readonly name: string;
  readonly version: string;
  /** Counters by screen. */
  readonly requests = new Map<string, RequestTally>();
  /** Number of runs of each operation since fields were counted last. */
  readonly operations = new Map<RunOperation, number>();
  /** Number of requests for each field, by `Type.field`. */
  readonly fields = new Map<string, number>();

  constructor(name: string, version: string) {
    this.name = name;
    this.version = version;
  }
}

export const MAX_CLIENTS = 10;
export const MAX_VERSIONS = 20;

/** A valid client name or version. It excludes "@" and long texts. */
const NAME = /^[\w.:+/()-][\w.:+/() -]{0,63}$/;
const UNKNOWN = 'unknown';
const OTHER = 'other';

/** Reads the client's name and version. Absent ones are 'unknown', invalid ones 'other'. */
export function clientOf(headers: IncomingHttpHeaders): { readonly name: string; readonly version: string } {
  return {
    name: nameIn(headers['apollographql-client-name']),
    version: nameIn(headers['apollographql-client-version']),
  };
}

function nameIn(value: string | readonly string[] | undefined): string {
  if (value === undefined || value === '') return UNKNOWN;
  return typeof value === 'string' && NAME.test(value) ? value : OTHER;
}

/**
 * The client versions that are counted separately: the first MAX_VERSIONS of each of the first MAX_CLIENTS that ran an operation.
 * All others count as 'other', so that callers cannot fill the memory or the metrics page with names.
 */
export class ClientVersions {
  readonly #clients = new Map<string, Map<string, ClientVersion>>();
  readonly #others = new ClientVersion(OTHER, OTHER);

  /** Returns the counters of a version. A version that `ran` an operation gets its own from now on, if there is room. */
  of(name: string, version: string, ran: boolean): ClientVersion {
    const known = this.#clients.get(name)?.get(version);
    if (known) return known;
    const versions = this.#clients.get(name) ?? (ran && name !== OTHER ? this.#added(name) : undefined);
    if (!versions) return this.#others;
    const counted = ran && versions.size < MAX_VERSIONS ? version : OTHER;
    const one = versions.get(counted) ?? new ClientVersion(name, counted);
    versions.set(counted, one);
    return one;
  }

  *[Symbol.iterator](): Iterator<ClientVersion> {
    for (const versions of this.#clients.values()) yield* versions.values();
    yield this.#others;
  }

  #added(name: string): Map<string, ClientVersion> | undefined {
    if (this.#clients.size >= MAX_CLIENTS) return undefined;
    const versions = new Map<string, ClientVersion>();
    this.#clients.set(name, versions);
    return versions;
  }
}

/** The outcome of a request. */
export const OUTCOMES = ['ok', 'partial', 'failed', 'refused', 'shed', 'gone'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The counters of one screen for one client version. */
export class RequestTally {
  readonly outcomes: Record<Outcome, number> = { ok: 0, partial: 0, failed: 0, refused: 0, shed: 0, gone: 0 };
  readonly seconds = new Histogram(SECONDS);
}
