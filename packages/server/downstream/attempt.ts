import { monotonicMs } from '../request/clock.ts';
import {
  CallerGoneError,
  CodedError,
  DeadlineExceededError,
  ServiceBadResponseError,
  ServiceRejectedError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../request/errors.ts';
import type { CallRecord } from '../request/ledger.ts';
import { parseAnswer } from './answer-json.ts';
import { grantOf } from './cacheability.ts';
import type { Answer, Call, Caller, Send } from './call.ts';
import { ACCEPT_ENCODING, UndecodableError } from './content-codings.ts';
import { AnswerCutShortError, AnswerTooLargeError, exchange, type RawAnswer } from './exchange.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Service } from './services.ts';

/** Largest answer of a service, in bytes, as it comes and as it is decoded. */
export const MAX_ANSWER_BYTES = 5 * 1024 * 1024;

/**
 * The layer that sends: one exchange over HTTP, bounded by the smaller of the service's timeout and what remains of the
 * caller's deadline, and cancelled for real when that is over or the caller hangs up.
 */
export function createAttempt(service: Service): Send {
  return async (call, caller, record) => {
    const before = record.bytes;
    const trail = record.trail?.begin(record);
    const requestedAt = monotonicMs();
    try {
      const raw = await send(call, caller, record, service, trail?.traceparent);
      record.status = raw.status;
      trail?.answered(raw.status, record.bytes - before);
      const answer = answerOf(raw, call, requestedAt);
      if (answer.json === undefined) record.lostBytes += record.bytes - before;
      trail?.end();
      return answer;
    } catch (error) {
      record.lostBytes += record.bytes - before;
      const coded = codedError(error, call.endpoint.service);
      trail?.end(coded);
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
): Promise<RawAnswer> {
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
          ? new DeadlineExceededError(endpoint.service, { hadItsTime: remainingMs >= timeoutMs / 2 })
          : new ServiceTimeoutError(endpoint.service, timeoutMs),
      maxBytes: MAX_ANSWER_BYTES,
      record,
      signal,
    },
  );
}

/** Every header that travels on, in one place. A public endpoint is sent no identity. */
function headersFor(
  call: Call,
  caller: Caller,
  remainingMs: number,
  traceparent: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': ACCEPT_ENCODING,
    'x-request-id': caller.requestId,
    'x-request-timeout-ms': String(Math.floor(remainingMs)),
    ...caller.trace,
    ...call.validators,
  };
  // What the service does belongs to this attempt, where it has a span of its own.
  if (traceparent !== undefined) headers['traceparent'] = traceparent;
  if (!call.endpoint.public) headers[caller.identity.header.toLowerCase()] = caller.identity.id;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

function answerOf({ status, headers, body }: RawAnswer, { endpoint, validators }: Call, requestedAt: number): Answer {
  const { service } = endpoint;
  if (status === 404) return { status, headers, json: undefined, requestedAt, grant: undefined };
  if (status === 429 || status >= 500) {
    const more = { status, retryAfterMs: retryAfterMs(headers) };
    throw new ServiceUnavailableError(service, new Error(`HTTP ${status}`), more);
  }
  if (status >= 400) throw new ServiceRejectedError(service, status);
  // No endpoint answers a read with another success or a redirect, and none is followed: its host is not ours.
  const expected = status === 200 || (status === 304 && validators !== undefined);
  if (!expected) throw new ServiceBadResponseError(service, new Error(`HTTP ${status}`));
  const json = status === 200 ? parse(body, service) : undefined;
  return { status, headers, json, requestedAt, grant: endpoint.public ? grantOf(headers, requestedAt) : undefined };
}

function parse(body: Buffer, service: string): unknown {
  try {
    return parseAnswer(body);
  } catch (error) {
    throw new ServiceBadResponseError(service, error);
  }
}

/** What undici and the bounds reject with, in the words of the error table. */
function codedError(error: unknown, service: string): Error {
  if (error instanceof CodedError || error instanceof CallerGoneError) return error;
  const unusable =
    error instanceof AnswerTooLargeError ||
    error instanceof AnswerCutShortError ||
    error instanceof UndecodableError ||
    isBrokenAnswer(error);
  if (unusable) return new ServiceBadResponseError(service, error);
  return new ServiceUnavailableError(service, error);
}

/** undici's codes for an answer that is not proper HTTP; a socket that closed before any answer is not among them. */
const BROKEN_ANSWER = /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_|RESPONSE|INVALID_RES))/;

function isBrokenAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'HTTPParserError' || ('code' in error && BROKEN_ANSWER.test(String(error.code)));
}
