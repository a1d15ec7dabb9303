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
