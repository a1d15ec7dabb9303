import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../request/context.ts';
import type { CallRecord } from '../request/ledger.ts';
import type { Grant } from './cache/cacheability.ts';
import type { Endpoint } from './endpoint.ts';

/** One call to an endpoint, ready to be sent. */
export interface Call {
  readonly endpoint: Endpoint;
  /** Path and query below the service's URL. */
  readonly path: string;
  /** JSON text of the body, for endpoints that take one. */
  readonly body?: string;
  /** Number of rows that are asked for by key; 0 for a list. */
  readonly keys: number;
  /** Those keys; undefined for a list. */
  readonly ids?: readonly string[];
  /** Path of a list without its sparse fields parameter; undefined for rows by key. */
  readonly list?: string;
  /** Whether this is part of a batch that the service refused as a whole. */
  readonly isPart?: boolean;
  /** If-None-Match and If-Modified-Since: the service may answer 304, which confirms the stored value. */
  readonly validators?: Readonly<Record<string, string>>;
  /** Further headers, by name in lower case. Those that the attempt sets itself win, except for `accept`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A service's response to a call: 200, 404 (no such row), or 304 to a call with validators. */
export interface Answer {
  readonly status: 200 | 304 | 404;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body of a 200; undefined otherwise. */
  readonly json: unknown;
  /** When the call was sent, by the monotonic clock. */
  readonly requestedAt: number;
  /** What caches may do with the response; undefined when the endpoint or the headers are not public. */
  readonly grant: Grant | undefined;
}

/** The request that a call is made for, and its bounds. */
export type Caller = Pick<RequestContext, 'identity' | 'requestId' | 'trace' | 'deadline' | 'signal'>;

/**
 * Sends a call for a caller, and records in `record` how it went. Rejects with a CodedError, or with CallerGoneError when the
 * caller hung up.
 */
export type Send = (call: Call, caller: Caller, record: CallRecord) => Promise<Answer>;

/** A step of the pipeline: adds behaviour to the steps after it. State of a policy is shared by all pipelines that it is in. */
export type Policy = (next: Send) => Send;

/** The policies of the framework for the calls to one endpoint, outermost first. A policy that the endpoint does not use is missing. */
export interface DefaultPolicies {
  /** Turns identical concurrent calls to a public endpoint into one call. */
  readonly coalesce?: Policy;
  /** Repeats a conditional call without validators when its 304 is about another version. */
  readonly repeatUnconfirmed?: Policy;
  /** Retries failed calls while the retry budget allows it. */
  readonly retry?: Policy;
  /** Sends a second call beside a slow one. */
  readonly hedge?: Policy;
  /** Fails fast while most recent calls to an endpoint fail. It sees every attempt. */
  readonly breakCircuit?: Policy;
  /** Bounds the concurrent calls to the service, and the calls that wait. */
  readonly limit?: Policy;
  /** Truncates arrays to the maxItems that the cost limit counts with. */
  readonly truncate?: Policy;
}

/**
 * Composes the policies of the calls to an endpoint, once, before its first call: returns them outermost first.
 * `Object.values(defaults)` are the framework's own.
 */
export type Policies = (defaults: DefaultPolicies, endpoint: Endpoint) => readonly Policy[];
