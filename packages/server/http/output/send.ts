import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { ErrorCode } from '../../request/errors.ts';
import { type Ledger, serverTiming } from '../../request/ledger.ts';
import type { GraphQLResponse, RequestState } from '../request-state.ts';
import { type ContentEncoding, encode, negotiateEncoding } from './content-encoding.ts';
import type { MediaType } from './media-type.ts';

export interface SendOptions {
  /** By default, what GraphQL over HTTP requires. */
  readonly status?: number;
  /** What the calls of the request cost, and for how long their results are fresh. Without it, the response is not cacheable. */
  readonly ledger?: Ledger | undefined;
  /** Whether a cacheable response has an ETag, and is 304 if the caller has it already. */
  readonly withETag?: boolean;
}

/** Bodies below this size fit into one packet, and are not compressed. */
export const MIN_ENCODED_BYTES = 1_024;

/**
 * Writes a GraphQL response. Large bodies are compressed in another thread: then the returned promise resolves when the response is
 * written.
 */
export function sendGraphQL(
  state: RequestState,
  body: GraphQLResponse,
  { status, ledger, withETag = false }: SendOptions = {},
): Promise<void> | undefined {
  const { requestId, mediaType = 'application/json' } = state;
  // Express made the response; Node's types know less of it.
  const response = state.response as Response;
  if (response.destroyed) return undefined;
  const text = JSON.stringify(body);
  const bytes = Buffer.byteLength(text);
  const maxAge = 'errors' in body ? 0 : maxAgeOf(ledger);
  const encoding = bytes >= MIN_ENCODED_BYTES ? negotiateEncoding(state.request) : undefined;
  // A response in the caller's locale varies by Accept-Language, and a compressed one by Accept-Encoding.
  if (maxAge > 0) response.appendHeader('Vary', 'Accept, Accept-Language, Accept-Encoding');
  if (encoding) response.setHeader('Content-Encoding', encoding);
  const etag = withETag && maxAge > 0 ? etagOf(text, encoding) : undefined;
  const headers = {
    'Content-Type': `${mediaType}; charset=utf-8`,
    'Cache-Control': cacheControlOf(maxAge),
    'X-Request-Id': requestId,
    ...(ledger ? { 'Server-Timing': serverTiming(ledger) } : {}),
  };
  const statusCode = status ?? statusOf(body.data !== undefined, body.errors?.[0]?.extensions?.['code'], mediaType);
  if (etag !== undefined) {
    response.setHeader('ETag', etag);
    if (response.req.fresh) {
      response.removeHeader('Content-Encoding');
      const { 'Content-Type': _, ...kept } = headers;
      noteSent(state, body, 0);
      response.writeHead(304, kept).end();
      return undefined;
    }
  }
  if (encoding) {
    return encode(text, encoding).then((encoded) => {
      if (response.destroyed) return;
      noteSent(state, body, encoded.length);
      response.writeHead(statusCode, { ...headers, 'Content-Length': encoded.length }).end(encoded);
    });
  }
  noteSent(state, body, bytes);
  response.writeHead(statusCode, { ...headers, 'Content-Length': bytes });
  // As text, so that it leaves in one packet with the head. If every character is one byte, nothing has to be encoded.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
  return undefined;
}

function noteSent(state: RequestState, { data, errors = [] }: GraphQLResponse, bytes: number): void {
  const kind = data === undefined ? 'none' : data === null ? 'null' : 'some';
  state.sent = { at: performance.now(), bytes, errors, data: kind };
}

/**
 * The HTTP status of a GraphQL response (GraphQL over HTTP, "Status Codes"): 200 once execution began. An operation that never ran is 400
 * under application/graphql-response+json. Under application/json it is 200 for every well-formed request, because clients of that type
 * read the body only after a 200.
 */
function statusOf(ran: boolean, code: unknown, mediaType: MediaType): number {
  if (ran) return 200;
  if (code === ErrorCode.InternalServerError) return 500;
  if (code === ErrorCode.BadRequest) return 400;
  return mediaType === 'application/json' ? 200 : 400;
}

/** Whole seconds for which a response may be cached: rounded down, so that no part of it is cached for longer than it may be. */
export function maxAgeOf(ledger: Pick<Ledger, 'freshMs'> | undefined): number {
  return Math.floor((ledger?.freshMs() ?? 0) / 1_000);
}

/** There is no Age header: `maxAge` is the freshness that remains, in seconds from now. */
export function cacheControlOf(maxAge: number): string {
  return maxAge > 0 ? `public, max-age=${maxAge}` : 'no-store';
}

/** A strong ETag. It differs for each encoding, since it identifies bytes. */
function etagOf(body: string, encoding: ContentEncoding | undefined): string {
  const digest = createHash('sha256').update(body).digest('base64url');
  return `"${digest}${encoding === undefined ? '' : `-${encoding}`}"`;
}

/** Characters that Node refuses to send in a header, though a service may have sent them. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** The services' Set-Cookie headers whose cookie has one of these names (RFC 6265, section 4.1). */
export function passThroughCookies(cookies: readonly string[], names: readonly string[]): string[] {
  return cookies.filter((cookie) => names.includes(nameOf(cookie)) && !UNSENDABLE.test(cookie));
}

function nameOf(cookie: string): string {
  const [name = ''] = cookie.split('=', 1);
  return name.trim();
}
