import { ErrorCode } from '../request/errors.ts';
import type { MediaType } from './media-type.ts';

/**
 * The HTTP status of a GraphQL answer (GraphQL over HTTP, "Status Codes"): 200 once execution began. A request that
 * never ran is 400 under application/graphql-response+json, while application/json keeps 200 for all that is a
 * well-formed request, since its clients read the body only after a 200.
 */
export function statusOf(ran: boolean, code: unknown, mediaType: MediaType): number {
  if (ran) return 200;
  if (code === ErrorCode.InternalServerError) return 500;
  if (code === ErrorCode.BadRequest) return 400;
  return mediaType === 'application/json' ? 200 : 400;
}
