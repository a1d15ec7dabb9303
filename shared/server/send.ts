import type { ServerResponse } from 'node:http';
import { type Ledger, serverTiming } from '../request/ledger.ts';
import type { MediaType } from './media-type.ts';

/** Writes a GraphQL answer, serialised once, with the headers that every one of them has. */
export function sendGraphQL(
  response: ServerResponse,
  status: number,
  mediaType: MediaType,
  { requestId, ledger }: { readonly requestId: string; readonly ledger?: Ledger },
  answer: object,
): void {
  if (response.destroyed) return;
  const body = JSON.stringify(answer);
  const bytes = Buffer.byteLength(body);
  const maxAge = 'errors' in answer ? 0 : Math.floor((ledger?.freshMs() ?? 0) / 1_000);
  if (maxAge > 0) response.appendHeader('Vary', 'Accept, Accept-Language');
  response.writeHead(status, {
    'Content-Type': `${mediaType}; charset=utf-8`,
    'Content-Length': bytes,
    'Cache-Control': maxAge > 0 ? `public, max-age=${maxAge}` : 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    ...(ledger ? { 'Server-Timing': serverTiming(ledger) } : {}),
  });
  // As a text, so that it leaves in one piece with the head. Where a byte is a character, nothing has to be encoded.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
