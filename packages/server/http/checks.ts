import type { Request, RequestHandler } from 'express';
import { BadRequestError } from '../request/errors.ts';
import type { Identify } from './identity/identify.ts';
import { negotiateMediaType } from './media-type.ts';
import { setIdentity } from './request-context.ts';

/** Largest body of a request, in bytes. */
export const MAX_BODY_BYTES = 100 * 1024;

/** The encodings of a body that are read (Content-Encoding). */
const ENCODINGS = ['identity', 'gzip', 'deflate', 'br'] as const;

// RFC 3986, section 3.2.2, with a port. Without an authority the header is empty (RFC 9112, section 3.2).
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i;

/**
 * Rejects request heads that Node accepts: without Host, with two of them (RFC 9112, section 3.2), with an unknown Expect, or with a
 * transfer coding that this server cannot decode (section 6.1).
 */
export const checkHead: RequestHandler = ({ httpVersion, headers, rawHeaders }, response, next) => {
  const { host, expect, 'transfer-encoding': coding } = headers;
  const isNew = httpVersion !== '1.0';
  if (host === undefined ? isNew : !HOST.test(host) || isRepeated('host', rawHeaders)) {
    response.setHeader('Connection', 'close');
    throw new BadRequestError(400, 'The request needs one valid Host header.');
  }
  if (expect !== undefined && isNew && expect.toLowerCase() !== '100-continue') {
    response.setHeader('Connection', 'close');
    throw new BadRequestError(417, 'Only 100-continue can be expected here.');
  }
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    response.setHeader('Connection', 'close');
    throw new BadRequestError(501, 'The only supported Transfer-Encoding is chunked.');
  }
  next();
};

/** `rawHeaders` has names and values in turns. Node keeps only the first of some headers that are repeated. */
function isRepeated(name: string, rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index];
    if (raw?.length === name.length && raw.toLowerCase() === name) count += 1;
  }
  return count > 1;
}

/** Who asks, and in which media type the answer goes, is settled before a body is read. */
export function checkCaller({ identify }: { readonly identify: Identify }): RequestHandler {
  return (request, _response, next) => {
    if (!negotiateMediaType(request)) throw new BadRequestError(406, 'Only JSON can be had here.');
    const identity = identify(request);
    if (identity instanceof Promise) {
      return identity.then((verified) => {
        setIdentity(request, verified);
        next();
      });
    }
    setIdentity(request, identity);
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
  // The usual one first: what Express does to know a media type is not for every request.
  if (request.headers['content-type'] !== 'application/json') checkMediaType(request);
  const contentEncoding = request.headers['content-encoding'];
  if (contentEncoding !== undefined && !ENCODINGS.some((known) => known === contentEncoding.toLowerCase())) {
    throw new BadRequestError(415, 'The body must be in gzip, deflate or br, or not encoded.');
  }
  next();
};

function checkMediaType(request: Request): void {
  if (!request.is('application/json')) throw new BadRequestError(415, 'The body must be application/json.');
  const [, charset = 'utf-8'] = /;[ \t]*charset=([^;]*)/i.exec(request.headers['content-type'] ?? '') ?? [];
  if (!/^"?utf-8"?$/i.test(charset.trim())) throw new BadRequestError(415, 'The body must be in UTF-8.');
}

/** A header that no simple request has makes a browser ask first, as Apollo's CSRF prevention wants of every GET. */
export const checkPreflight: RequestHandler = (request, _response, next) => {
  const asksFirst =
    request.get('apollo-require-preflight') || request.get('x-apollo-operation-name') || request.is('application/json');
  if (!asksFirst) throw new BadRequestError(400, 'A GET needs the header apollo-require-preflight.');
  next();
};
