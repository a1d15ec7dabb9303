import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../request/context.ts';
import type { CallRecord } from '../request/ledger.ts';
import type { Grant } from './cacheability.ts';
import type { Endpoint } from './endpoint.ts';

/** One call to an endpoint, ready to be sent. */
export interface Call {
  readonly endpoint: Endpoint;
  /** Path and query below the service's URL. */
  readonly path: string;
  /** JSON text of the body, where the endpoint takes one. */
  readonly body?: string;
  /** Rows asked for by key; 0 for a list. */
  readonly keys: number;
  /** Those keys; undefined for a list. */
  readonly ids?: readonly string[];
  /** Path of the list without what cuts its rows; undefined for rows by key. */
  readonly list?: string;
  /** Part of a batch that the service has refused as a whole. */
  readonly isPart?: boolean;
  /** If-None-Match and its like: the answer may then be that what the caller keeps is still true. */
  readonly validators?: Readonly<Record<string, string>>;
}

/** What a service answered to a call: 200, 404 (there is no such thing), or 304 to a call with validators. */
export interface Answer {
  readonly status: 200 | 304 | 404;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body of a 200; undefined else. */
  readonly json: unknown;
  /** When the call was sent, by the monotonic clock. */
  readonly requestedAt: number;
  /** What caches may do with it; undefined when it is for its caller alone: its endpoint or its headers are not public. */
  readonly grant: Grant | undefined;
}

/** On whose behalf a call is made, and what bounds it. */
export type Caller = Pick<RequestContext, 'identity' | 'requestId' | 'trace' | 'deadline' | 'signal'>;

/**
 * One layer of the way to a service: makes a call for a caller and notes in the record how it went. Rejects with a
 * CodedError, or with CallerGoneError when the caller hung up.
 */
export type Send = (call: Call, caller: Caller, record: CallRecord) => Promise<Answer>;
