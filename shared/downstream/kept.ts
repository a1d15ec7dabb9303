import type CachePolicy from 'http-cache-semantics';
import { bounded, type CachingHeaders, freshMsOf, policyOf, requestOf } from './cacheability.ts';
import { bytesOf } from './json-bytes.ts';
import type { Properties } from './sparse.ts';

/** Memory of an entry beside its value and headers: the policy, the entry itself and its place in the cache. */
const OVERHEAD_BYTES = 1_000;

/** Directives that forbid every use past freshness, whatever else the header says. */
const NEVER_STALE = ['must-revalidate', 'proxy-revalidate', 'no-cache'];

const FAILED = { status: 503, headers: {} };

/** A row or a list that is kept, in one set of properties. Times are milliseconds by Date.now. */
export class Kept<T> {
  readonly value: T;
  readonly properties: Properties;
  /** Memory that it takes, estimated. */
  readonly bytes: number;
  readonly freshUntil: number;
  /** A background refresh of it is under way. */
  refreshing = false;
  /** What its answer said of keeping it. */
  readonly headers: CachingHeaders;
  readonly #url: string;
  readonly #policy: CachePolicy;

  /** A value to keep from an answer with these headers, under a URL of its own. */
  constructor(value: T, properties: Properties, url: string, headers: CachingHeaders) {
    this.value = value;
    this.properties = properties;
    this.bytes = OVERHEAD_BYTES + bytesOf(value) + bytesOf(headers);
    this.headers = headers;
    this.#url = url;
    this.#policy = policyOf(url, headers);
    this.freshUntil = Date.now() + freshMsOf(this.#policy);
  }

  /** Milliseconds since the service gave it out. */
  ageMs(): number {
    return this.#policy.age() * 1_000;
  }

  isFresh(): boolean {
    return Date.now() < this.freshUntil;
  }

  /** Milliseconds of freshness that remain. */
  freshMs(): number {
    return Math.max(0, this.freshUntil - Date.now());
  }

  /** Milliseconds for which it may still be used in one way or another. */
  usefulMs(): number {
    return this.#mustRevalidate ? this.freshMs() : this.#policy.timeToLive();
  }

  /** May be used without waiting for a new one. */
  isUsable(): boolean {
    return this.isFresh() || this.mayServeWhileRevalidating();
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

  /**
   * The same value, kept anew since the service answered 304 with these headers: they take the place of the ones that it
   * had, and what they do not repeat stays (RFC 9111, section 3.2).
   */
  renewed(headers: CachingHeaders): Kept<T> {
    const { age: _old, ...stay } = this.headers;
    return new Kept(this.value, this.properties, this.#url, { ...stay, ...headers });
  }

  /** The same, or one like it that is of no use any more so many seconds after the service gave it out. */
  heldTo(mostSeconds: number): Kept<T> {
    const lastsSeconds = this.#policy.age() + this.#policy.timeToLive() / 1_000;
    if (lastsSeconds <= mostSeconds) return this;
    return new Kept(this.value, this.properties, this.#url, bounded(this.headers, mostSeconds));
  }

  get #mustRevalidate(): boolean {
    const { rescc } = this.#policy.toObject();
    return NEVER_STALE.some((directive) => directive in rescc);
  }
}
