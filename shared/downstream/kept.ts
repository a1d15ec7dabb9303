import type { IncomingHttpHeaders } from 'node:http';
import type CachePolicy from 'http-cache-semantics';
import { freshMsOf, policyHeaders, policyOf, requestOf } from './cacheability.ts';
import type { Properties } from './sparse.ts';

/** Memory of an entry beside its value: the policy, the entry itself and its place in the cache, in bytes. */
const OVERHEAD_BYTES = 1_000;

/** Directives that forbid every use past freshness, whatever else the header says. */
const NEVER_STALE = ['must-revalidate', 'proxy-revalidate', 'no-cache'];

const FAILED = { status: 503, headers: {} };

/** A row or a list that is kept, in one set of properties. Times are milliseconds by Date.now. */
export class Kept<T> {
  readonly value: T;
  readonly properties: Properties;
  /** Memory that it takes, estimated from its JSON text. */
  readonly bytes: number;
  readonly freshUntil: number;
  /** A background refresh of it is under way. */
  refreshing = false;
  readonly #url: string;
  readonly #policy: CachePolicy;

  constructor(value: T, properties: Properties, url: string, policy: CachePolicy) {
    this.value = value;
    this.properties = properties;
    // Two bytes a character, and as much again for the objects around them.
    this.bytes = OVERHEAD_BYTES + 4 * JSON.stringify(value).length;
    this.freshUntil = Date.now() + freshMsOf(policy);
    this.#url = url;
    this.#policy = policy;
  }

  isFresh(): boolean {
    return Date.now() < this.freshUntil;
  }

  /** Milliseconds of freshness that remain. */
  freshMs(): number {
    return Math.max(0, this.freshUntil - Date.now());
  }

  /** Past its freshness, but it may be used while a new one is fetched in the background (RFC 5861, section 3). */
  mayServeWhileRevalidating(): boolean {
    return (
      !this.#mustRevalidate && this.#policy.evaluateRequest(requestOf(this.#url)).revalidation?.synchronous === false
    );
  }

  /** Past its freshness, but it may be used since no new one could be had (RFC 5861, section 4). */
  mayServeOnError(): boolean {
    return !this.#mustRevalidate && !this.#policy.revalidatedPolicy(requestOf(this.#url), FAILED).modified;
  }

  /** Headers that ask the service whether it is still true; undefined where it came without a validator. */
  validators(): Readonly<Record<string, string>> | undefined {
    const headers = Object.entries(this.#policy.revalidationHeaders(requestOf(this.#url)));
    return headers.length === 0 ? undefined : Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
  }

  /** The same value, kept anew since the service answered 304 with these headers. */
  renewed(headers: IncomingHttpHeaders): Kept<T> {
    const { policy } = this.#policy.revalidatedPolicy(requestOf(this.#url), {
      status: 304,
      headers: policyHeaders(headers),
    });
    return new Kept(this.value, this.properties, this.#url, policy);
  }

  get #mustRevalidate(): boolean {
    const { rescc } = this.#policy.toObject();
    return NEVER_STALE.some((directive) => directive in rescc);
  }
}

/** A value to keep from an answer with these headers, under a URL of its own. */
export function keptFrom<T>(value: T, properties: Properties, url: string, headers: IncomingHttpHeaders): Kept<T> {
  return new Kept(value, properties, url, policyOf(url, headers));
}
