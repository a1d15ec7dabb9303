import type { Request, Response } from 'express';

/** Sets a Link header (RFC 8288) with the URL of the page after `lastKey`. */
export function setNextLink(request: Request, response: Response, lastKey: string): void {
  const url = new URL(request.originalUrl, 'http://localhost');
  url.searchParams.set('after', lastKey);
  response.set('Link', `<${url.pathname}${url.search}>; rel="next"`);
}
