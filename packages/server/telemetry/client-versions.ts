import type { IncomingHttpHeaders } from 'node:http';
import type { RunOperation } from '../request/ledger.ts';
import type { RequestTally } from './request-tally.ts';

/** A release of a client, as Apollo's headers tell it, with what is counted of it. */
export class ClientVersion {
  readonly name: string;
  readonly version: string;
  /** By screen. */
  readonly requests = new Map<string, RequestTally>();
  /** Operations that ran since fields were counted last, and how often each did. */
  readonly operations = new Map<RunOperation, number>();
  /** How often each field was asked for, by `Type.field`. */
  readonly fields = new Map<string, number>();

  constructor(name: string, version: string) {
    this.name = name;
    this.version = version;
  }
}

export const MAX_CLIENTS = 10;
export const MAX_VERSIONS = 20;

/** What a client's name and version may be: nothing with an @, and nothing that fills a page. */
const NAME = /^[\w.:+/()-][\w.:+/() -]{0,63}$/;
const UNKNOWN = 'unknown';
const OTHER = 'other';

/** What the headers say of a client, as far as it can be its name and version; 'unknown' where they say nothing. */
export function clientOf(headers: IncomingHttpHeaders): { readonly name: string; readonly version: string } {
  return {
    name: told(headers['apollographql-client-name']),
    version: told(headers['apollographql-client-version']),
  };
}

function told(value: string | readonly string[] | undefined): string {
  if (value === undefined || value === '') return UNKNOWN;
  return typeof value === 'string' && NAME.test(value) ? value : OTHER;
}

/**
 * The versions that are counted apart: the first MAX_VERSIONS of each of the first MAX_CLIENTS that ran an operation. All
 * others are one, 'other': whoever sends odd names fills neither the memory nor the page.
 */
export class ClientVersions {
  readonly #clients = new Map<string, Map<string, ClientVersion>>();
  readonly #others = new ClientVersion(OTHER, OTHER);

  /** The one of this name and version; one that `ran` an operation is counted apart from now on, if there is room. */
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
