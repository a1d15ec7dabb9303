import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '../request/context.ts';
import {
  CallerGoneError,
  CodedError,
  DeadlineExceededError,
  ServiceBadResponseError,
  ServiceRejectedError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../request/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { AnswerCutShortError, AnswerTooLargeError, exchange, type RawAnswer } from './exchange.ts';
import type { Service, Services } from './services.ts';

/** Largest answer of a service, in bytes. */
export const MAX_ANSWER_BYTES = 5 * 1024 * 1024;

/** One call to an endpoint, ready to be sent. */
export interface Call {
  readonly endpoint: Endpoint;
  /** Path and query below the service's URL. */
  readonly path: string;
  /** JSON text of the body, where the endpoint takes one. */
  readonly body?: string;
  /** Rows asked for by key; 0 for a list. */
  readonly keys: number;
}

export interface Answer {
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; undefined where the service answered 404. */
  readonly json: unknown;
}

/**
 * Sends a call on behalf of a request. Resolves for 2xx and for 404, which is an answer too: there is no such thing.
 * Everything else rejects with a CodedError, or with CallerGoneError when the caller hung up.
 */
export type Fetch = (call: Call, request: RequestContext) => Promise<Answer>;

/**
 * The one way to a service. Each call is bounded by the smaller of the service's timeout and what remains of the
 * request's deadline, and cancelled for real when that is over or the caller hangs up.
 */
export function createFetcher(services: Services): Fetch {
  return async (call, request) => {
    const service = services[call.endpoint.service];
    const entry = request.ledger.begin(call.endpoint.service, call.endpoint.name, call.keys);
    try {
      const raw = await send(call, request, service);
      entry.status = raw.status;
      entry.bytes = raw.body.length;
      return answerOf(raw, call.endpoint.service);
    } catch (error) {
      throw codedError(error, call.endpoint.service);
    } finally {
      request.ledger.end(entry);
    }
  };
}

async function send(call: Call, request: RequestContext, service: Service): Promise<RawAnswer> {
  const { endpoint, path, body } = call;
  const remainingMs = request.deadline.remainingMs();
  const timeoutMs = Math.floor(Math.min(endpoint.timeoutMs ?? service.timeoutMs, remainingMs));
  if (timeoutMs <= 0) throw new DeadlineExceededError(endpoint.service);
  return exchange(
    service.pool,
    {
      method: endpoint.method,
      path: service.basePath + path,
      headers: headersFor(call, request, remainingMs),
      body: body ?? null,
    },
    {
      timeoutMs,
      timeoutError: () =>
        timeoutMs >= Math.floor(remainingMs)
          ? new DeadlineExceededError(endpoint.service)
          : new ServiceTimeoutError(endpoint.service, timeoutMs),
      maxBytes: MAX_ANSWER_BYTES,
      signal: request.signal,
    },
  );
}

/** Every header that travels on, in one place. A public endpoint never learns who is asking. */
function headersFor(call: Call, request: RequestContext, remainingMs: number): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'x-request-id': request.requestId,
    'x-request-timeout-ms': String(Math.floor(remainingMs)),
    ...request.trace,
  };
  if (!call.endpoint.public) headers[request.identity.header.toLowerCase()] = request.identity.id;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

function answerOf({ status, headers, body }: RawAnswer, service: string): Answer {
  if (status === 404) return { headers, json: undefined };
  if (status === 429 || status >= 500) throw new ServiceUnavailableError(service, new Error(`HTTP ${status}`));
  if (status >= 400) throw new ServiceRejectedError(service, new Error(`HTTP ${status}`));
  // No endpoint answers a read with another success or a redirect, and none is followed: its host is not ours.
  if (status !== 200) throw new ServiceBadResponseError(service, new Error(`HTTP ${status}`));
  try {
    return { headers, json: JSON.parse(body.toString('utf8')) };
  } catch (error) {
    throw new ServiceBadResponseError(service, error);
  }
}

/** What undici and the bounds reject with, in the words of the error table. */
function codedError(error: unknown, service: string): Error {
  if (error instanceof CodedError || error instanceof CallerGoneError) return error;
  const unusable =
    error instanceof AnswerTooLargeError || error instanceof AnswerCutShortError || isBrokenAnswer(error);
  if (unusable) return new ServiceBadResponseError(service, error);
  return new ServiceUnavailableError(service, error);
}

/** undici's codes for an answer that is not proper HTTP; a socket that closed before any answer is not among them. */
const BROKEN_ANSWER = /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_|RESPONSE|INVALID_RES))/;

function isBrokenAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'HTTPParserError' || ('code' in error && BROKEN_ANSWER.test(String(error.code)));
}
