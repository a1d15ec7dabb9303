import type { RequestContext } from '../../request/context.ts';
import { faultAt } from '../../request/injected-fault.ts';
import { CONCURRENT_GETS, mapConcurrently, type RowSource, rowsOf } from '../batching/row-source.ts';
import type { Call } from '../call.ts';
import type { BatchDescription, Description, Endpoint } from '../endpoint.ts';
import { type Fetched, fetchBatch, fetchOne, fetchPage } from '../rest-client.ts';
import type { Page, Row } from '../row-shape.ts';
import type { Properties } from '../sparse.ts';
import { peekFresh } from './peek.ts';
import { type CacheDependencies, hydrateFromShared, readThrough, type Source } from './read-through.ts';

/**
 * A source of rows that reads public endpoints through the entity cache, and all others from their services. Stale rows are
 * used as the service's Cache-Control allows (stale-while-revalidate, stale-if-error). Rows that this process lacks are
 * looked up in the shared cache, if there is one.
 */
export function cachedRows(dependencies: CacheDependencies): RowSource {
  const { cache, fetch } = dependencies;
  const direct = rowsOf(fetch);

  return {
    async rows(endpoint, keys, properties, request) {
      if (!isCacheable(endpoint, request)) return direct.rows(endpoint, keys, properties, request);
      return hydrateFromShared(cache, endpoint, keys, properties, request, () =>
        endpoint.ids.many
          ? readThrough(dependencies, batch(endpoint, keys), properties, request)
          : mapConcurrently(keys, CONCURRENT_GETS, async (key) => {
              const source = single<Row>(endpoint, key, (...how) => fetchOne(fetch, endpoint, key, ...how));
              const [row = null] = await readThrough(dependencies, source, properties, request);
              return row;
            }),
      );
    },

    peek(endpoint, properties, request) {
      return isCacheable(endpoint, request) ? peekFresh(cache, endpoint, properties, request) : undefined;
    },

    async page(endpoint, path, properties, request) {
      if (!isCacheable(endpoint, request)) return direct.page(endpoint, path, properties, request);
      const source = single<Page<Row>>(endpoint, path, (...how) => fetchPage(fetch, endpoint, path, ...how));
      const [page] = await hydrateFromShared(cache, endpoint, [path], properties, request, () =>
        readThrough(dependencies, source, properties, request),
      );
      if (page instanceof Error) throw page;
      return page ?? { rows: [], hasNext: false };
    },
  };

  function batch(endpoint: BatchDescription, keys: readonly string[]): Source<Row> {
    return {
      endpoint,
      keys,
      isConditional: false,
      fetch: (some, properties, request) => fetchBatch(fetch, endpoint, some, properties, request),
    };
  }
}

/** The source of a value with its own URL: the row of a single get, or a list. */
function single<T extends object>(
  endpoint: Description,
  key: string,
  fetchValue: (
    properties: Properties,
    request: RequestContext,
    validators: Call['validators'],
  ) => Promise<Fetched<T | null | undefined>>,
): Source<T> {
  return {
    endpoint,
    keys: [key],
    isConditional: true,
    fetch: async (keys, ...how) => {
      const { value, answer } = await fetchValue(...how);
      return [{ keys, result: { value: [value], answer } }];
    },
  };
}

/** A request with an injected fault sees the fault: cached rows would hide it, and its rows must not reach other requests. */
function isCacheable(endpoint: Endpoint, request: RequestContext): boolean {
  return endpoint.public && !faultAt(endpoint.service, request);
}
