import type { ServerResponse } from 'node:http';
import { type Ledger, serverTiming } from '../request/ledger.ts';
import type { MediaType } from './media-type.ts';

/** Writes a GraphQL answer, serialised once, with the headers that every one of them has. */
export function sendGraphQL(
  response: ServerResponse,
  status: number,
  mediaType: MediaType,
  ledger: Ledger | undefined,
  answer: object,
): void {
  if (response.destroyed) return;
  const body = Buffer.from(JSON.stringify(answer));
  response.statusCode = status;
  response.setHeader('Content-Type', `${mediaType}; charset=utf-8`);
  response.setHeader('Content-Length', body.length);
  const maxAge = 'errors' in answer ? 0 : Math.floor((ledger?.freshMs() ?? 0) / 1_000);
  if (maxAge > 0) {
    response.setHeader('Cache-Control', `public, max-age=${maxAge}`);
    response.appendHeader('Vary', 'Accept, Accept-Language');
  } else {
    response.setHeader('Cache-Control', 'no-store');
  }
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (ledger) response.setHeader('Server-Timing', serverTiming(ledger));
  response.end(body);
}
