import type { RequestHandler } from 'express';
import { BadRequestError } from '../request/errors.ts';
import type { Identify } from './identity/identify.ts';
import { negotiateMediaType } from './media-type.ts';
import { settleIdentity } from './open-request.ts';

/** Largest body of a request, in bytes. */
export const MAX_BODY_BYTES = 100 * 1024;

/** Who asks, and in which media type the answer goes, is settled before a body is read. */
export function checkCaller({ identify }: { readonly identify: Identify }): RequestHandler {
  return (request, _response, next) => {
    if (!negotiateMediaType(request)) throw new BadRequestError(406, 'Only JSON can be had here.');
    const identity = identify(request);
    if (identity instanceof Promise) {
      return identity.then((verified) => {
        settleIdentity(request, verified);
        next();
      });
    }
    settleIdentity(request, identity);
    next();
    return undefined;
  };
}

/** JSON alone: a browser sends any other body across origins without asking first (CSRF). */
export const checkJson: RequestHandler = (request, response, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) throw new BadRequestError(400, 'The body is missing.');
  if (Number(length) > MAX_BODY_BYTES) {
    // Nobody waits for the rest of what is refused already.
    response.setHeader('Connection', 'close');
    throw new BadRequestError(413, 'The body is larger than 100 KB.');
  }
  // The usual ones first: what Express does to know a media type is not for every request.
  const plain = request.headers['content-type'] === 'application/json';
  if (!plain && !request.is('application/json')) throw new BadRequestError(415, 'The body must be application/json.');
  next();
};

/** A header that no simple request has makes a browser ask first, as Apollo's CSRF prevention wants of every GET. */
export const checkPreflight: RequestHandler = (request, _response, next) => {
  const asksFirst =
    request.get('apollo-require-preflight') || request.get('x-apollo-operation-name') || request.is('application/json');
  if (!asksFirst) throw new BadRequestError(400, 'A GET needs the header apollo-require-preflight.');
  next();
};
