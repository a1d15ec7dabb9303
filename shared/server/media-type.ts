import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';

/** The two media types of GraphQL over HTTP; the first where the caller does not care. */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** The media type that a caller wants its answer in; undefined where it takes neither. */
export function negotiateMediaType(request: IncomingMessage): MediaType | undefined {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*') return MEDIA_TYPES[0];
  const named = MEDIA_TYPES.find((mediaType) => mediaType === accept);
  if (named !== undefined) return named;
  const preferred = new Negotiator(request).mediaType([...MEDIA_TYPES]);
  return MEDIA_TYPES.find((mediaType) => mediaType === preferred);
}
