import { monotonicMs } from '../../request/clock.ts';
import {
  CallerGoneError,
  CodedError,
  DeadlineExceededError,
  ServiceBadResponseError,
  ServiceRejectedError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import { grantOf } from '../cache/cacheability.ts';
import type { Answer, Call, Caller, Send } from '../call.ts';
import type { Service } from '../services.ts';
import { ACCEPT_ENCODING, UndecodableError } from './body.ts';
import { exchange, type RawResponse, ResponseCutShortError, ResponseTooLargeError } from './exchange.ts';
import { parseResponse } from './json.ts';
import { retryAfterMs } from './response-headers.ts';

/** Largest response of a service, in bytes, both encoded and decoded. */
export const MAX_RESPONSE_BYTES = 5 * 1024 * 1024;

/**
 * Creates the last step of the pipeline: it sends a call over HTTP, within the service's timeout and the caller's deadline. On
 * timeout, or when the caller hangs up, it closes the connection, so that the service can stop working on the call.
 */
export function createAttempt(service: Service): Send {
  return async (call, caller, record) => {
    const bytesBefore = record.bytes;
    const trace = record.trace?.begin(record);
    const requestedAt = monotonicMs();
    try {
      const raw = await send(call, caller, record, service, trace?.traceparent);
      record.status = raw.status;
      trace?.answered(raw.status, record.bytes - bytesBefore);
      const answer = answerOf(raw, call, requestedAt);
      if (answer.json === undefined) record.lostBytes += record.bytes - bytesBefore;
      trace?.end();
      return answer;
    } catch (error) {
      record.lostBytes += record.bytes - bytesBefore;
      const coded = codedError(error, call.endpoint.service);
      trace?.end(coded);
      throw coded;
    }
  };
}

function send(
  call: Call,
  caller: Caller,
  record: CallRecord,
  service: Service,
  traceparent: string | undefined,
): Promise<RawResponse> {
  const { endpoint, path, body } = call;
  const { deadline, signal } = caller;
  const remainingMs = deadline.remainingMs();
  if (remainingMs < 1) throw new DeadlineExceededError(endpoint.service);
  service.calls.noteAttempt(endpoint.name);
  const timeoutMs = endpoint.timeoutMs ?? service.timeoutMs;
  const endsAt = monotonicMs() + timeoutMs;
  return exchange(
    service.connections,
    {
      method: endpoint.method,
      path: service.basePath + path,
      headers: headersFor(call, caller, remainingMs, traceparent),
      body: body ?? null,
    },
    {
      remainingMs: () => Math.min(endsAt - monotonicMs(), deadline.remainingMs()),
      timeoutError: () =>
        deadline.remainingMs() < 1
          ? new DeadlineExceededError(endpoint.service, { hadFullTimeout: remainingMs >= timeoutMs / 2 })
          : new ServiceTimeoutError(endpoint.service, timeoutMs),
      maxBytes: MAX_RESPONSE_BYTES,
      record,
      signal,
    },
  );
}

/** Builds all headers of a call. A call to a public endpoint has no identity header. */
function headersFor(
  call: Call,
  caller: Caller,
  remainingMs: number,
  traceparent: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...call.headers,
    'accept-encoding': ACCEPT_ENCODING,
    'x-request-id': caller.requestId,
    'x-request-timeout-ms': String(Math.floor(remainingMs)),
    ...caller.trace,
    ...call.validators,
  };
  // In a sampled request, the service's spans are children of this attempt's span.
  if (traceparent !== undefined) headers['traceparent'] = traceparent;
  if (!call.endpoint.public) headers[caller.identity.header.toLowerCase()] = caller.identity.id;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

function answerOf({ status, headers, body }: RawResponse, { endpoint, validators }: Call, requestedAt: number): Answer {
  const { service } = endpoint;
  if (status === 404) return { status, headers, json: undefined, requestedAt, grant: undefined };
  if (status === 429 || status >= 500) {
    const more = { status, retryAfterMs: retryAfterMs(headers) };
    throw new ServiceUnavailableError(service, new Error(`HTTP ${status}`), more);
  }
  if (status >= 400) throw new ServiceRejectedError(service, status);
  // No endpoint returns another success status. Redirects are not followed, because they may lead to another host.
  const expected = status === 200 || (status === 304 && validators !== undefined);
  if (!expected) throw new ServiceBadResponseError(service, new Error(`HTTP ${status}`));
  const json = status === 200 ? parse(body, service) : undefined;
  return { status, headers, json, requestedAt, grant: endpoint.public ? grantOf(headers, requestedAt) : undefined };
}

function parse(body: Buffer, service: string): unknown {
  try {
    return parseResponse(body);
  } catch (error) {
    throw new ServiceBadResponseError(service, error);
  }
}

/** Converts errors of undici and of the bounds to coded errors. */
function codedError(error: unknown, service: string): Error {
  if (error instanceof CodedError || error instanceof CallerGoneError) return error;
  const unusable =
    error instanceof ResponseTooLargeError ||
    error instanceof ResponseCutShortError ||
    error instanceof UndecodableError ||
    isBrokenResponse(error);
  if (unusable) return new ServiceBadResponseError(service, error);
  return new ServiceUnavailableError(service, error);
}

/** undici's codes for an invalid HTTP response. A socket that closed before any response is not among them. */
const BROKEN_RESPONSE = /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_|RESPONSE|INVALID_RES))/;

function isBrokenResponse(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'HTTPParserError' || ('code' in error && BROKEN_RESPONSE.test(String(error.code)));
}
