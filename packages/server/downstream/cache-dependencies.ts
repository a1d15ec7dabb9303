import type { EntityCache } from './entity-cache.ts';
import type { Fetch } from './fetcher.ts';
import type { Refresh } from './refresh.ts';

/** What rows are kept with. */
export interface CacheDependencies {
  readonly cache: EntityCache;
  readonly fetch: Fetch;
  readonly refresh: Refresh;
}
