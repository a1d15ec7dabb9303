import type { RequestContext } from '../request/context.ts';
import { mapConcurrently } from './concurrency.ts';
import type { BatchDescription, ListDescription } from './endpoint.ts';
import type { Fetch } from './fetcher.ts';
import { fetchBatch, fetchOne, fetchPage } from './rest-client.ts';
import type { Page, Row } from './row-shape.ts';
import type { Properties } from './sparse.ts';

/** Single gets that one operation has under way at once, for endpoints without batches. */
export const CONCURRENT_GETS = 8;

/** A row, null where the service has none, or why it could not be had. */
export type Loaded = Row | null | Error;

/** The row with this key, where that needs no waiting; undefined where it has to be loaded. */
export type Peek = (key: string) => Row | undefined;

/** Where loaders get rows from: the services, or what is kept of their answers. */
export interface RowSource {
  /** The rows with these keys, in the keys' order, by as many calls as they need. Rejects when none could be fetched. */
  rows(
    endpoint: BatchDescription,
    keys: readonly string[],
    properties: Properties,
    request: RequestContext,
  ): Promise<readonly Loaded[]>;

  /** Rows that may be there without asking; undefined when the endpoint's rows are not cached for this request. */
  atOnce?(endpoint: BatchDescription, properties: Properties, request: RequestContext): Peek | undefined;

  /** The list at this path. */
  page(endpoint: ListDescription, path: string, properties: Properties, request: RequestContext): Promise<Page<Row>>;
}

/** Rows straight from the services. */
export function rowsOf(fetch: Fetch): RowSource {
  return {
    async rows(endpoint, keys, properties, request) {
      if (endpoint.ids.many) {
        const parts = await fetchBatch(fetch, endpoint, keys, properties, request);
        return parts.flatMap((part): readonly Loaded[] =>
          'error' in part ? part.keys.map(() => part.error) : part.asked.value,
        );
      }
      return mapConcurrently(keys, CONCURRENT_GETS, async (key) => {
        const { value = null } = await fetchOne(fetch, endpoint, key, properties, request);
        return value;
      });
    },
    async page(endpoint, path, properties, request) {
      const { value = { rows: [], hasNext: false } } = await fetchPage(fetch, endpoint, path, properties, request);
      return value;
    },
  };
}
