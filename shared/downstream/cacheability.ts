import type { IncomingHttpHeaders } from 'node:http';
import CachePolicy from 'http-cache-semantics';

/** The headers that say whether and for how long an answer may be kept, each once. */
export type CachingHeaders = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

const NAMES = ['cache-control', 'expires', 'date', 'age', 'etag', 'last-modified', 'vary', 'pragma'] as const;

/**
 * The only request headers an answer may vary by: we send the same ones with every call. Origin is never sent, and what
 * allows browsers to call a service (CORS) names it in the Vary of all answers.
 */
const CONSTANT_HEADERS = new Set(['', 'accept', 'accept-encoding', 'origin']);

/** Longest time in seconds that a cache has to be able to tell (RFC 9111, section 1.2.2). */
const MOST_SECONDS = 2 ** 31 - 1;

/** What an answer's headers say of keeping it; undefined where they do not give it to everybody. */
export function publicHeaders(headers: IncomingHttpHeaders): CachingHeaders | undefined {
  if (headers['set-cookie'] !== undefined) return undefined;
  const caching = cachingHeaders(headers);
  const directives = directivesIn(caching['cache-control'] ?? '');
  if (!directives.has('public') || directives.has('private') || directives.has('no-store')) return undefined;
  const varies = (caching.vary ?? '').split(',').some((name) => !CONSTANT_HEADERS.has(name.trim().toLowerCase()));
  return varies ? undefined : caching;
}

/** The headers of an answer that concern caching, in a form that the library reads: one line each, plain directives. */
export function cachingHeaders(headers: IncomingHttpHeaders): CachingHeaders {
  const some: Partial<Record<(typeof NAMES)[number], string>> = {};
  for (const name of NAMES) {
    const value = headers[name];
    if (value !== undefined) some[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  if (some['cache-control'] !== undefined) {
    some['cache-control'] = textOf(directivesIn(some['cache-control']));
  }
  return some;
}

/** Headers as these, but by which nothing may be used, fresh or not, for longer than so many seconds after it was made. */
export function bounded(headers: CachingHeaders, mostSeconds: number): CachingHeaders {
  const directives = directivesIn(headers['cache-control'] ?? '');
  const secondsOf = (name: string) => Number(directives.get(name) ?? 0);
  const freshSeconds = Math.min(Math.floor(policyOf('', headers).maxAge()), mostSeconds);
  // In the place of Expires, too: this counts before that.
  directives.delete('s-maxage');
  directives.set('max-age', String(freshSeconds));
  for (const name of WHILE_STALE) {
    if (directives.has(name)) directives.set(name, String(Math.min(secondsOf(name), mostSeconds - freshSeconds)));
  }
  return { ...headers, 'cache-control': textOf(directives) };
}

/** What may be used for so many seconds past its freshness (RFC 5861). */
const WHILE_STALE = ['stale-while-revalidate', 'stale-if-error'] as const;

function textOf(directives: ReadonlyMap<string, string>): string {
  return Array.from(directives, ([name, value]) => (value === '' ? name : `${name}=${value}`)).join(', ');
}

// A token, and what may follow it: a quoted string or another token (RFC 9111, section 5.2).
const DIRECTIVE = /([^\s,=;"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g;

/** Directives by their names in lower case. The first of several counts; only numbers are kept of their values. */
function directivesIn(cacheControl: string): Map<string, string> {
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, plain] of cacheControl.matchAll(DIRECTIVE)) {
    const value = quoted ?? plain ?? '';
    const seconds = /^\d+$/.test(value) ? String(Math.min(Number(value), MOST_SECONDS)) : '';
    if (!directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), seconds);
  }
  return directives;
}

/**
 * What RFC 9111 and RFC 5861 say of keeping an answer to a GET of this URL, for a cache that many callers share. How long
 * is only what its headers say: nothing is guessed.
 */
export function policyOf(url: string, headers: CachingHeaders): CachePolicy {
  return new CachePolicy(
    requestOf(url),
    { status: 200, headers },
    { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
}

/** The request of a policy: every call to a public endpoint is like this one. */
export function requestOf(url: string): CachePolicy.HttpRequest {
  return { method: 'GET', url, headers: {} };
}

/** Milliseconds for which a public answer stays fresh from now on. */
export function freshMsOf(policy: CachePolicy): number {
  return policy.storable() ? Math.max(0, (policy.maxAge() - policy.age()) * 1_000) : 0;
}
