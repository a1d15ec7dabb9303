import type { RequestContext } from '../request/context.ts';
import { faultAt } from '../request/injected-fault.ts';
import type { CacheDependencies } from './cache-dependencies.ts';
import { cachedBatch } from './cached-batch.ts';
import { cachedResource, type Resource } from './cached-resource.ts';
import { mapConcurrently } from './concurrency.ts';
import type { BatchDescription, Endpoint } from './endpoint.ts';
import { hydrateFromShared } from './hydrate.ts';
import { peekFresh } from './peek.ts';
import { fetchOne, fetchPage } from './rest-client.ts';
import type { Page, Row } from './row-shape.ts';
import { CONCURRENT_GETS, type Loaded, type RowSource, rowsOf } from './row-source.ts';
import type { Properties } from './sparse.ts';

/**
 * Rows of public endpoints out of the cache, as far as they are kept and fresh, and all others from the services. What is
 * past its freshness is used as the service's Cache-Control allows: while one refresh in the background is under way
 * (stale-while-revalidate), or where no new one can be had (stale-if-error). What the cache of this process lacks is looked
 * for in the one that processes share, where there is one.
 */
export function cachedRows(keeping: CacheDependencies): RowSource {
  const { cache, fetch } = keeping;
  const direct = rowsOf(fetch);

  function singles(
    endpoint: BatchDescription,
    keys: readonly string[],
    properties: Properties,
    request: RequestContext,
  ): Promise<readonly Loaded[]> {
    return mapConcurrently(keys, CONCURRENT_GETS, (key) =>
      cachedResource<Row>(
        keeping,
        { endpoint, key, rows: 1, ask: (...how) => fetchOne(fetch, endpoint, key, ...how) },
        properties,
        request,
      ),
    );
  }

  return {
    async rows(endpoint, keys, properties, request) {
      if (!mayKeep(endpoint, request)) return direct.rows(endpoint, keys, properties, request);
      const { many } = endpoint.ids;
      return hydrateFromShared(cache, endpoint, keys, properties, request, () =>
        many ? cachedBatch(keeping, endpoint, keys, properties, request) : singles(endpoint, keys, properties, request),
      );
    },

    atOnce(endpoint, properties, request) {
      return mayKeep(endpoint, request) ? peekFresh(cache, endpoint, properties, request) : undefined;
    },

    async page(endpoint, path, properties, request) {
      if (!mayKeep(endpoint, request)) return direct.page(endpoint, path, properties, request);
      const list: Resource<Page<Row>> = {
        endpoint,
        key: path,
        rows: 0,
        ask: (...how) => fetchPage(fetch, endpoint, path, ...how),
      };
      const page = await hydrateFromShared(cache, endpoint, [path], properties, request, () =>
        cachedResource(keeping, list, properties, request),
      );
      return page ?? { rows: [], hasNext: false };
    },
  };
}

/** A drill is to be seen, and by nobody else: nothing that is kept makes up for it, and nothing of it is kept. */
function mayKeep(endpoint: Endpoint, request: RequestContext): boolean {
  return endpoint.public && !faultAt(endpoint.service, request);
}
