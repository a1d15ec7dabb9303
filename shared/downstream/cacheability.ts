import type { IncomingHttpHeaders } from 'node:http';
import CachePolicy from 'http-cache-semantics';

/** The only request headers an answer may vary by: we send the same ones with every call. */
const CONSTANT_HEADERS = new Set(['', 'accept', 'accept-encoding']);

const PUBLIC = /(?:^|,)\s*public\s*(?:,|$)/i;
const NOT_SHARED = /(?:^|,)\s*(?:private|no-store)\s*(?:[,=]|$)/i;

/**
 * Whether an answer says that everybody may have it: Cache-Control holds `public`, and nothing else in its headers
 * makes it one caller's own.
 */
export function isPublic(headers: IncomingHttpHeaders): boolean {
  const cacheControl = headers['cache-control'];
  if (cacheControl === undefined || !PUBLIC.test(cacheControl) || NOT_SHARED.test(cacheControl)) return false;
  if (headers['set-cookie'] !== undefined) return false;
  return (headers.vary ?? '').split(',').every((name) => CONSTANT_HEADERS.has(name.trim().toLowerCase()));
}

/** What RFC 9111 and RFC 5861 say of keeping an answer to a GET of this URL, for a cache that many callers share. */
export function policyOf(url: string, headers: IncomingHttpHeaders): CachePolicy {
  return new CachePolicy(requestOf(url), { status: 200, headers: policyHeaders(headers) }, { shared: true });
}

/** The request of a policy: every call to a public endpoint is like this one. */
export function requestOf(url: string): CachePolicy.HttpRequest {
  return { method: 'GET', url, headers: {} };
}

/** Milliseconds for which an answer that isPublic stays fresh from now on. */
export function freshMsOf(policy: CachePolicy): number {
  return policy.storable() ? Math.max(0, (policy.maxAge() - policy.age()) * 1_000) : 0;
}

/** An answer's headers for a policy: directives are case-insensitive (RFC 9111, section 5.2), the library's are not. */
export function policyHeaders(headers: IncomingHttpHeaders): CachePolicy.Headers {
  return { ...headers, 'cache-control': headers['cache-control']?.toLowerCase() };
}
