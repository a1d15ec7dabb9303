import type { RequestContext } from '../request/context.ts';
import type { Description } from './endpoint.ts';
import type { EntityCache } from './entity-cache.ts';
import type { Properties } from './sparse.ts';

/**
 * Puts what other processes have kept into the cache of this one, for keys of which it has nothing that can be used at
 * once. Undefined where there is nothing to look for, so that nobody waits for nothing.
 */
export function fillFromShared(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<void> | undefined {
  if (!cache.shared) return undefined;
  const lacking = keys.filter((key) => !cache.find(endpoint, key, properties)?.isUsable());
  return lacking.length === 0 ? undefined : fill(cache, endpoint, lacking, properties, request);
}

/** Of rows that are to be fetched anew, the keys of those of which no other process has a fresh one either. */
export async function stillStale(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<readonly string[]> {
  await fill(cache, endpoint, keys, properties, request);
  return keys.filter((key) => !cache.find(endpoint, key, properties)?.isFresh());
}

async function fill(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<void> {
  const found = (await cache.shared?.find(endpoint, keys, properties, request)) ?? [];
  for (const [key, { value, headers }] of found) cache.adopt(endpoint, key, properties, value, headers);
}
