import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { type Ledger, serverTiming } from '../request/ledger.ts';
import { type Answer, noteAnswered } from './access-log.ts';
import { type ContentEncoding, encode, negotiateEncoding } from './content-encoding.ts';
import type { MediaType } from './media-type.ts';

/** How a GraphQL answer leaves. */
export interface Sending {
  readonly status: number;
  readonly mediaType: MediaType;
  /** Gets an ETag where it may be kept, and 304 in its place where the caller has it. */
  readonly withETag?: boolean;
}

/** Smaller bodies are sent as they are: they fit into a packet. */
export const MIN_ENCODED_BYTES = 1_024;

/**
 * Writes a GraphQL answer, serialised once, with the headers that every one of them has. It is there when the promise
 * resolves, if there is one: encoding a large body takes other threads.
 */
export function sendGraphQL(
  response: Response,
  { status, mediaType, withETag = false }: Sending,
  { requestId, ledger }: { readonly requestId: string; readonly ledger?: Ledger },
  answer: Answer,
): Promise<void> | undefined {
  if (response.destroyed) return undefined;
  const body = JSON.stringify(answer);
  const bytes = Buffer.byteLength(body);
  const maxAge = 'errors' in answer ? 0 : maxAgeOf(ledger);
  const encoding = bytes >= MIN_ENCODED_BYTES ? negotiateEncoding(response.req) : undefined;
  // What depends on the caller's locale says so by Accept-Language; what may be encoded, by Accept-Encoding.
  if (maxAge > 0) response.appendHeader('Vary', 'Accept, Accept-Language, Accept-Encoding');
  if (encoding) response.setHeader('Content-Encoding', encoding);
  const etag = withETag && maxAge > 0 ? etagOf(body, encoding) : undefined;
  const headers = {
    'Content-Type': `${mediaType}; charset=utf-8`,
    'Cache-Control': cacheControlOf(maxAge),
    'X-Request-Id': requestId,
    ...(ledger ? { 'Server-Timing': serverTiming(ledger) } : {}),
  };
  if (etag !== undefined) {
    response.setHeader('ETag', etag);
    if (response.req.fresh) {
      response.removeHeader('Content-Encoding');
      const { 'Content-Type': _, ...kept } = headers;
      noteAnswered(response, answer, 0);
      response.writeHead(304, kept).end();
      return undefined;
    }
  }
  if (encoding) {
    return encode(body, encoding).then((encoded) => {
      if (response.destroyed) return;
      noteAnswered(response, answer, encoded.length);
      response.writeHead(status, { ...headers, 'Content-Length': encoded.length }).end(encoded);
    });
  }
  noteAnswered(response, answer, bytes);
  response.writeHead(status, { ...headers, 'Content-Length': bytes });
  // As a text, so that it leaves in one piece with the head. Where a byte is a character, nothing has to be encoded.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
  return undefined;
}

/** Whole seconds for which an answer may be cached: rounded down, so that none of its parts is cached for longer than it may be. */
export function maxAgeOf(ledger: Pick<Ledger, 'freshMs'> | undefined): number {
  return Math.floor((ledger?.freshMs() ?? 0) / 1_000);
}

/** Without an Age header: the seconds count from now, whatever the age of the parts. */
export function cacheControlOf(maxAge: number): string {
  return maxAge > 0 ? `public, max-age=${maxAge}` : 'no-store';
}

/** A strong ETag: another for each encoding, since it stands for bytes. */
function etagOf(body: string, encoding: ContentEncoding | undefined): string {
  const digest = createHash('sha256').update(body).digest('base64url');
  return `"${digest}${encoding === undefined ? '' : `-${encoding}`}"`;
}
