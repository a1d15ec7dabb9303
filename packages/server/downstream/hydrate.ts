import type { RequestContext } from '../request/context.ts';
import type { Description } from './endpoint.ts';
import type { EntityCache } from './entity-cache.ts';
import type { Properties } from './sparse.ts';

/**
 * Puts what other processes have kept into the cache of this one, for keys of which it has nothing that can be used at
 * once, and goes on `then`: at once where there is nothing to look for.
 */
export function hydrateFromShared<T>(
  cache: EntityCache,
  endpoint: Description,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
  then: () => Promise<T>,
): Promise<T> {
  if (!cache.shared) return then();
  const lacking = keys.filter((key) => !cache.find(endpoint, key, properties)?.isUsable());
  if (lacking.length === 0) return then();
  const { ledger } = request;
  const { wave } = ledger;
  // It waited for no call: what it asks for is of the wave in which it was looked for.
  return fill(cache, endpoint, lacking, properties, request).then(() => ledger.inWave(wave, then));
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
  for (const [key, { value, grant }] of found) cache.adopt(endpoint, key, properties, value, grant);
}
