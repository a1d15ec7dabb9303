import { monotonicMs } from '../../request/clock.ts';
import { isServiceFailure, ServiceUnavailableError } from '../../request/errors.ts';
import { bytesOf } from '../http/json.ts';
import type { Properties } from '../sparse.ts';
import { type CachingHeaders, type Grant, validatorsOf } from './cacheability.ts';

/** Memory of an entry besides its value and headers: the grant, the entry itself and its slot in the cache. */
const OVERHEAD_BYTES = 1_000;

/** Statuses on which a stale answer may be used (RFC 5861, section 4). */
const STALE_ON: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** A cached row or list, with one set of properties. Times are monotonic. */
export class CacheEntry<T> {
  readonly value: T;
  readonly properties: Properties;
  readonly grant: Grant;
  /** Estimated memory. */
  readonly bytes: number;
  /** Whether a background refresh is running. */
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

  /** Milliseconds since the service generated the value. */
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

  /** Milliseconds until the value may not be used in any way. */
  usefulMs(): number {
    const { staleWhileRevalidateUntil, staleIfErrorUntil } = this.grant;
    return Math.max(0, Math.max(staleWhileRevalidateUntil, staleIfErrorUntil) - monotonicMs());
  }

  /** Whether the value may be used without waiting: it is fresh, or within stale-while-revalidate. */
  isUsable(): boolean {
    return monotonicMs() < this.grant.staleWhileRevalidateUntil;
  }

  /** Whether the value may be used because fetching a new one failed with `error` (stale-if-error). */
  mayServeOnError(error: unknown): boolean {
    return allowsStale(error) && monotonicMs() < this.grant.staleIfErrorUntil;
  }

  /** Headers that ask the service whether the value is still valid; undefined when it has no validator. */
  validators(): Readonly<Record<string, string>> | undefined {
    return validatorsOf(this.grant);
  }
}

/** A 500, 502, 503 or 504, or what a gateway would report as one: no connection, a timeout, or an unusable response. */
function allowsStale(error: unknown): boolean {
  if (error instanceof ServiceUnavailableError) return error.status === undefined || STALE_ON.has(error.status);
  return isServiceFailure(error);
}
