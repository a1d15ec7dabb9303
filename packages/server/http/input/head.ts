import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { BadRequestError } from '../../request/errors.ts';

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
    throw closing(response, new BadRequestError(400, 'The request needs one valid Host header.'));
  }
  if (expect !== undefined && isNew && expect.toLowerCase() !== '100-continue') {
    throw closing(response, new BadRequestError(417, 'The only supported Expect is 100-continue.'));
  }
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    throw closing(response, new BadRequestError(501, 'The only supported Transfer-Encoding is chunked.'));
  }
  next();
};

/** The rest of such a request cannot be read, so that its connection cannot be used again. */
function closing(response: ServerResponse, error: BadRequestError): BadRequestError {
  response.setHeader('Connection', 'close');
  return error;
}

/**
 * Whether a header occurs more than once; `name` is in lower case. Node keeps only the first of some repeated headers. The raw headers are
 * names and values in turns.
 */
export function isRepeated(name: string, rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index];
    if (raw?.length === name.length && raw.toLowerCase() === name) count += 1;
  }
  return count > 1;
}

/** Rejects a caller that accepts neither media type of GraphQL over HTTP. */
export function checkAccept(state: { readonly mediaType: unknown }): void {
  if (state.mediaType === undefined) {
    throw new BadRequestError(406, 'Accept excludes application/json and application/graphql-response+json.');
  }
}

/** Rejects a GET that a browser sends to another origin without a preflight request, by the rule of Apollo's CSRF prevention. */
export function checkPreflight(request: Request): void {
  const { headers } = request;
  const forcesPreflight =
    headers['apollo-require-preflight'] || headers['x-apollo-operation-name'] || request.is('application/json');
  if (!forcesPreflight) throw new BadRequestError(400, 'A GET needs the header apollo-require-preflight.');
}

/** The query string of a request. Throws BadRequestError if it is not UTF-8: its values would reach services with U+FFFD in them. */
export function queryOf({ originalUrl, url }: IncomingMessage & { readonly originalUrl?: string }): URLSearchParams {
  // Not by URL: the target of a request may be in absolute form, and no valid address.
  const text = (originalUrl ?? url ?? '').replace(/^[^?]*\??/, '');
  if (text.includes('%')) {
    try {
      // A percent sign that encodes nothing stands for itself, as in URLSearchParams.
      decodeURIComponent(text.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
    } catch {
      throw new BadRequestError(400, 'The query string is not UTF-8.');
    }
  }
  return new URLSearchParams(text);
}
