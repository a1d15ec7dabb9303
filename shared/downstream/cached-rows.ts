import type { RequestContext } from '../request/context.ts';
import { drillAt } from '../request/drill.ts';
import { askOne, askPage } from './asking.ts';
import { cachedBatch } from './cached-batch.ts';
import { cachedResource } from './cached-resource.ts';
import { mapConcurrently } from './concurrency.ts';
import type { Endpoint } from './endpoint.ts';
import type { Keeping } from './keeping.ts';
import type { Page, Row } from './row-shape.ts';
import { CONCURRENT_GETS, type RowSource, rowsOf } from './row-source.ts';
import { fillFromShared } from './second-level.ts';

/**
 * Rows of public endpoints out of the cache, as far as they are kept and fresh, and all others from the services. What is
 * past its freshness is used as the service's Cache-Control allows: while one refresh in the background is under way
 * (stale-while-revalidate), or where no new one can be had (stale-if-error). What the cache of this process lacks is looked
 * for in the one that processes share, where there is one.
 */
export function cachedRows(keeping: Keeping): RowSource {
  const { cache, fetch } = keeping;
  const direct = rowsOf(fetch);
  return {
    async rows(endpoint, keys, properties, request) {
      if (!mayKeep(endpoint, request)) return direct.rows(endpoint, keys, properties, request);
      const filling = fillFromShared(cache, endpoint, keys, properties, request);
      if (filling) await filling;
      if (endpoint.ids.many) return cachedBatch(keeping, endpoint, keys, properties, request);
      return mapConcurrently(keys, CONCURRENT_GETS, (key) =>
        cachedResource<Row>(
          keeping,
          { endpoint, key, rows: 1, ask: (...how) => askOne(fetch, endpoint, key, ...how) },
          properties,
          request,
        ),
      );
    },

    async page(endpoint, path, properties, request) {
      if (!mayKeep(endpoint, request)) return direct.page(endpoint, path, properties, request);
      const filling = fillFromShared(cache, endpoint, [path], properties, request);
      if (filling) await filling;
      const page = await cachedResource<Page<Row>>(
        keeping,
        { endpoint, key: path, rows: 0, ask: (...how) => askPage(fetch, endpoint, path, ...how) },
        properties,
        request,
      );
      return page ?? { rows: [], hasNext: false };
    },
  };
}

/** A drill is to be seen, and by nobody else: nothing that is kept makes up for it, and nothing of it is kept. */
function mayKeep(endpoint: Endpoint, request: RequestContext): boolean {
  return endpoint.public && !drillAt(endpoint.service, request);
}
