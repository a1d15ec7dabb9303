import { monotonicMs } from '../request/clock.ts';
import { isServiceFailure, ServiceUnavailableError } from '../request/errors.ts';
import { type CachingHeaders, type Grant, validatorsOf } from './cacheability.ts';
import { bytesOf } from './json-bytes.ts';
import type { Properties } from './sparse.ts';

/** Memory of an entry beside its value and headers: the grant, the entry itself and its place in the cache. */
const OVERHEAD_BYTES = 1_000;

/** Statuses on which a stale answer may be used (RFC 5861, section 4). */
const STALE_ON: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** A row or a list that is kept, in one set of properties. Times are monotonic. */
export class CacheEntry<T> {
  readonly value: T;
  readonly properties: Properties;
  readonly grant: Grant;
  /** Memory that it takes, estimated. */
  readonly bytes: number;
  /** A background refresh of it is under way. */
  refreshing = false;

  constructor(value: T, properties: Properties, grant: Grant) {
    this.value = value;
    this.properties = properties;
    this.grant = grant;
    this.bytes = OVERHEAD_BYTES + bytesOf(value) + bytesOf(grant.headers);
  }

  get headers(): CachingHeaders {
    return this.grant.headers;
  }

  get freshUntil(): number {
    return this.grant.freshUntil;
  }

  /** Milliseconds since the service generated it. */
  ageMs(): number {
    return monotonicMs() - this.grant.bornAt;
  }

  isFresh(): boolean {
    return monotonicMs() < this.grant.freshUntil;
  }

  /** Milliseconds of freshness that remain. */
  freshMs(): number {
    return Math.max(0, this.grant.freshUntil - monotonicMs());
  }

  /** Milliseconds for which it may still be used in one way or another. */
  usefulMs(): number {
    const { staleWhileRevalidateUntil, staleIfErrorUntil } = this.grant;
    return Math.max(0, Math.max(staleWhileRevalidateUntil, staleIfErrorUntil) - monotonicMs());
  }

  /** May be used without waiting for a new one: it is fresh, or it may be used while a new one is fetched in the background. */
  isUsable(): boolean {
    return monotonicMs() < this.grant.staleWhileRevalidateUntil;
  }

  /** May be used since no new one could be fetched: `error` is why. */
  mayServeOn(error: unknown): boolean {
    return allowsStale(error) && monotonicMs() < this.grant.staleIfErrorUntil;
  }

  /** Headers that ask the service whether it is still valid; undefined when it came without a validator. */
  validators(): Readonly<Record<string, string>> | undefined {
    return validatorsOf(this.grant);
  }
}

/** A 500, 502, 503 or 504, or what a gateway would report as one: no connection, no answer in time, or an unusable one. */
function allowsStale(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return error.status === undefined || STALE_ON.has(error.status);
  return isServiceFailure(error);
}
