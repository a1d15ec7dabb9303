import type { RequestContext } from '../request/context.ts';
import type { CacheDependencies } from './cache-dependencies.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { Call } from './call.ts';
import type { Description } from './endpoint.ts';
import { stillStale } from './hydrate.ts';
import type { Fetched } from './rest-client.ts';
import type { Properties } from './sparse.ts';

/** Something that a service has under one URL, a single row or a list, and how it is asked for. */
export interface Resource<T> {
  readonly endpoint: Description;
  /** Its name in the cache: the row's key, or the list's path. */
  readonly key: string;
  /** Rows that it is in the ledger: 1, or 0 for a list. */
  readonly rows: 0 | 1;
  /** Null where there is no such thing; undefined where what the validators stand for is still true. */
  ask(
    properties: Properties,
    request: RequestContext,
    validators: Call['validators'],
  ): Promise<Fetched<T | null | undefined>>;
}

/**
 * A resource out of the cache where what is kept may be used, else from its service. What is past its freshness is asked
 * for by its ETag, so that a service can say that it is still true.
 */
export async function cachedResource<T>(
  keeping: CacheDependencies,
  resource: Resource<T>,
  properties: Properties,
  request: RequestContext,
): Promise<T | null> {
  const kept = keeping.cache.find<T>(resource.endpoint, resource.key, properties);
  const lookups = keeping.cache.lookupsOf(resource.endpoint);
  if (kept === undefined) {
    lookups.missed += 1;
    return askAndKeep(keeping, resource, properties, request);
  }
  if (kept.isFresh()) {
    lookups.fresh += 1;
    return taken(kept, resource, request);
  }
  if (kept.isUsable()) {
    lookups.stale += 1;
    if (!kept.refreshing) {
      keeping.refresh([kept], request, (background) => fetchAnew(keeping, resource, kept, background));
    }
    return taken(kept, resource, request);
  }
  lookups.missed += 1;
  try {
    return await revalidate(keeping, resource, kept, request);
  } catch (error) {
    if (!kept.mayServeOn(error)) throw error;
    if (typeof kept.value === 'object' && kept.value !== null) request.ledger.markStale(kept.value, kept.ageMs());
    return taken(kept, resource, request);
  }
}

function taken<T>(kept: CacheEntry<T>, { endpoint, key, rows }: Resource<T>, { ledger }: RequestContext): T {
  const wanted = ledger.trail && (rows === 0 ? { endpoint, list: key } : { endpoint, ids: [key] });
  ledger.hit(endpoint.service, endpoint.name, rows, kept.isFresh() ? 0 : 1, wanted);
  ledger.keepAtMost(kept.freshMs());
  return kept.value;
}

async function askAndKeep<T>(
  { cache }: CacheDependencies,
  { endpoint, key, ask }: Resource<T>,
  properties: Properties,
  request: RequestContext,
): Promise<T | null> {
  const { value = null, answer } = await ask(properties, request, undefined);
  cache.keep(endpoint, key, properties, value, answer);
  return value;
}

/** Revalidates it, but where another process has done so by now. */
async function fetchAnew<T>(
  keeping: CacheDependencies,
  resource: Resource<T>,
  kept: CacheEntry<T>,
  request: RequestContext,
): Promise<void> {
  const { endpoint, key } = resource;
  const { cache } = keeping;
  if (cache.shared && (await stillStale(cache, endpoint, [key], kept.properties, request)).length === 0) return;
  await revalidate(keeping, resource, kept, request);
}

async function revalidate<T>(
  { cache }: CacheDependencies,
  { endpoint, key, ask }: Resource<T>,
  kept: CacheEntry<T>,
  request: RequestContext,
): Promise<T | null> {
  const { value, answer } = await ask(kept.properties, request, kept.validators());
  if (value === undefined) {
    const renewed = cache.renew(endpoint, key, kept, answer);
    request.ledger.keepAtMost(renewed?.freshMs() ?? 0);
    return kept.value;
  }
  cache.keep(endpoint, key, kept.properties, value, answer);
  return value;
}
