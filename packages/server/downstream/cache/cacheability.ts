import type { IncomingHttpHeaders } from 'node:http';
import { httpDateMs } from '../http/response-headers.ts';

/** The headers that decide whether and for how long a response may be cached, each on one line. */
export type CachingHeaders = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

const LISTS = ['cache-control', 'cdn-cache-control', 'vary'] as const;
const SINGLES = ['expires', 'date', 'age', 'etag', 'last-modified'] as const;
const NAMES = [...LISTS, ...SINGLES] as const;

/**
 * What a service allows a shared cache to do with a response, by its headers alone. All times are monotonic milliseconds:
 * nothing is compared with the system clock.
 */
export interface Grant {
  /** When the response was generated, according to its Age. */
  readonly bornAt: number;
  readonly freshUntil: number;
  /** A stale response may be used until then while it is revalidated (RFC 5861, section 3). */
  readonly staleWhileRevalidateUntil: number;
  /** A stale response may be used until then when revalidation fails (RFC 5861, section 4). */
  readonly staleIfErrorUntil: number;
  /** Longest use in milliseconds from `bornAt`, regardless of the headers; undefined when only they count. */
  readonly longestMs?: number;
  readonly headers: CachingHeaders;
}

/**
 * Request headers that a response may vary by: every call sends the same value, or none. A service that browsers may call
 * (CORS) names Origin in every Vary.
 */
export const CONSTANT_HEADERS = ['accept', 'accept-encoding', 'origin'] as const;
const MAY_VARY_BY: ReadonlySet<string> = new Set(['', ...CONSTANT_HEADERS]);

/** The longest time that a cache must be able to represent (RFC 9111, section 1.2.2). */
const MAX_SECONDS = 2 ** 31;

/** Directives that forbid every use of a stale response (RFC 9111, section 4.2.4). s-maxage implies proxy-revalidate (5.2.2.10). */
const NEVER_STALE = ['must-revalidate', 'proxy-revalidate', 'no-cache', 's-maxage'];

/** Directives that are stored with a response. All others have no effect on a stored response. */
const STORED_FLAGS = new Set(['public', 'must-revalidate', 'proxy-revalidate', 'no-cache']);
const STORED_SECONDS = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']);

/**
 * The grant of a response to a call that was sent at `requestedAt`; undefined when a shared cache must not store it. The
 * response must say `public`. A lifetime is never guessed, and counts from the request, not from the response's arrival.
 */
export function grantOf(headers: IncomingHttpHeaders, requestedAt: number): Grant | undefined {
  if (headers['set-cookie'] !== undefined) return undefined;
  const caching = cachingHeaders(headers);
  const directives = directivesIn(caching['cache-control']);
  // Responses built from this one may go to a CDN, so both fields apply (RFC 9213). A malformed one of them is ignored.
  const forCdn = directivesIn(caching['cdn-cache-control']);
  if (!directives?.has('public') || [directives, forCdn].some(forbidsStoring) || variesByCall(caching))
    return undefined;
  const seconds = (name: string) => Math.min(directives.get(name) ?? 0, forCdn ? (forCdn.get(name) ?? 0) : MAX_SECONDS);
  const lifetime = Math.min(lifetimeOf(directives, caching), forCdn ? lifetimeOf(forCdn, caching) : MAX_SECONDS);
  const mayBeStale = ![directives, forCdn].some((field) => NEVER_STALE.some((name) => field?.has(name)));
  const bornAt = requestedAt - ageOf(caching) * 1_000;
  const freshUntil = bornAt + lifetime * 1_000;
  return {
    bornAt,
    freshUntil,
    staleWhileRevalidateUntil: mayBeStale ? freshUntil + seconds('stale-while-revalidate') * 1_000 : freshUntil,
    staleIfErrorUntil: mayBeStale ? freshUntil + seconds('stale-if-error') * 1_000 : freshUntil,
    headers: { ...caching, 'cache-control': textOf(directives) },
  };
}

/**
 * The grant of a stored response that a 304 has confirmed: headers of the 304 replace the stored ones, and the others stay
 * (RFC 9111, section 3.2). Undefined when the response must not be stored any longer.
 */
export function renewedGrant(stored: Grant, headers: IncomingHttpHeaders, requestedAt: number): Grant | undefined {
  // If the 304 has no Date, there is nothing to compare the stored Expires with.
  const { age: _age, date: _date, ...stay } = stored.headers;
  const renewed = grantOf({ ...headers, ...stay, ...cachingHeaders(headers) }, requestedAt);
  const { longestMs } = stored;
  return renewed && longestMs !== undefined && headers['cache-control'] === undefined
    ? limitedTo(renewed, longestMs)
    : renewed;
}

/** The same grant, limited to `longestMs` milliseconds after the response was generated. */
export function limitedTo(grant: Grant, longestMs: number): Grant {
  const end = grant.bornAt + longestMs;
  return {
    ...grant,
    longestMs,
    freshUntil: Math.min(grant.freshUntil, end),
    staleWhileRevalidateUntil: Math.min(grant.staleWhileRevalidateUntil, end),
    staleIfErrorUntil: Math.min(grant.staleIfErrorUntil, end),
  };
}

/** Headers of a conditional request that asks whether a stored response is still valid (RFC 9111, section 4.3.1). */
export function validatorsOf({ headers }: Grant): Readonly<Record<string, string>> | undefined {
  const { etag, 'last-modified': lastModified } = headers;
  if (etag === undefined && lastModified === undefined) return undefined;
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
  };
}

function cachingHeaders(headers: IncomingHttpHeaders): CachingHeaders {
  const caching: Partial<Record<(typeof NAMES)[number], string>> = {};
  // undici yields an array for a repeated header, which Node's type does not allow for most of these.
  const lines: Readonly<Record<string, string | string[] | undefined>> = headers;
  for (const name of LISTS) {
    const value = lines[name];
    if (value !== undefined) caching[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  for (const name of SINGLES) {
    const value = lines[name];
    // Repeated dates are joined, which makes them invalid. Repeated validators are dropped. The first Age counts (5.1).
    if (typeof value === 'string') caching[name] = value;
    else if (value && (name === 'expires' || name === 'date')) caching[name] = value.join(', ');
    else if (value?.[0] !== undefined && (name === 'age' || value.length === 1)) caching[name] = value[0];
  }
  return caching;
}

function forbidsStoring(directives: Directives | undefined): boolean {
  return directives !== undefined && (directives.has('no-store') || directives.has('private'));
}

function variesByCall({ vary = '' }: CachingHeaders): boolean {
  return vary.split(',').some((name) => !MAY_VARY_BY.has(name.trim().toLowerCase()));
}

/** Seconds of freshness (RFC 9111, section 4.2.1). Without a Date, an Expires would need our own clock, and counts as 0. */
function lifetimeOf(directives: Directives, { expires, date }: CachingHeaders): number {
  if (directives.has('no-cache')) return 0;
  const explicit = directives.get('s-maxage') ?? directives.get('max-age');
  if (explicit !== undefined) return explicit;
  const [from, until] = [httpDateMs(date), httpDateMs(expires)];
  if (from === undefined || until === undefined) return 0;
  return Math.min(MAX_SECONDS, Math.max(0, (until - from) / 1_000));
}

/** Seconds of the Age header. The first of a list counts. An invalid one is ignored (RFC 9111, section 5.1). */
function ageOf({ age = '' }: CachingHeaders): number {
  const [first = ''] = age.split(',');
  return secondsIn(first.trim()) ?? 0;
}

function secondsIn(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), MAX_SECONDS) : undefined;
}

/** Directives by name in lower case, with their seconds: 0 for an invalid value and for a directive that takes none. */
type Directives = ReadonlyMap<string, number>;

/**
 * Parses a Cache-Control value (RFC 9111, section 5.2). The smallest value of a repeated directive counts. Undefined when the
 * header is absent, or malformed in a way that may hide directives.
 */
function directivesIn(text: string | undefined): Directives | undefined {
  if (text === undefined) return undefined;
  const directives = new Map<string, number>();
  for (let at = skip(SEPARATORS, text, 0); at < text.length; at = skip(SEPARATORS, text, at)) {
    const nameEnd = skip(NAME, text, at);
    // A value without a name, or an unterminated quoted string.
    if (nameEnd === at) return undefined;
    const name = text.slice(at, nameEnd).toLowerCase();
    const equals = skip(BLANKS, text, nameEnd);
    let value = '';
    at = nameEnd;
    if (text[equals] === '=') {
      const start = skip(BLANKS, text, equals + 1);
      at = skip(text[start] === '"' ? QUOTED : PLAIN, text, start);
      if (text[start] === '"' && at === start) return undefined;
      value = text[start] === '"' ? text.slice(start + 1, at - 1) : text.slice(start, at);
    }
    directives.set(name, Math.min(directives.get(name) ?? MAX_SECONDS, secondsIn(value) ?? 0));
  }
  return directives;
}

const SEPARATORS = /[\s,;]*/y;
const NAME = /[^\s,=;"]*/y;
const BLANKS = /\s*/y;
const PLAIN = /[^\s,;"]*/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/y;

/** The end of the match that begins at `from`; `from` when there is none. */
function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function textOf(directives: Directives): string {
  return Array.from(directives)
    .flatMap(([name, seconds]) =>
      STORED_FLAGS.has(name) ? [name] : STORED_SECONDS.has(name) ? [`${name}=${seconds}`] : [],
    )
    .join(', ');
}
