import type { RequestContext } from '../../request/context.ts';
import type { BatchDescription, ListDescription } from '../endpoint.ts';
import type { Fetch } from '../fetcher.ts';
import { fetchBatch, fetchOne, fetchPage } from '../rest-client.ts';
import type { Page, Row } from '../row-shape.ts';
import type { Properties } from '../sparse.ts';

/** Most concurrent single gets of one operation, for endpoints without batches. */
export const CONCURRENT_GETS = 8;

/** A row, null if the service has none, or the error of its call. */
export type Loaded = Row | null | Error;

/** Returns the row with this key if it is available synchronously; otherwise undefined, and the row must be loaded. */
export type Peek = (key: string) => Row | undefined;

/** Where loaders get rows from: the services, or the entity cache in front of them. */
export interface RowSource {
  /** Loads rows in the order of the keys, by as many calls as they need. Rejects when no call succeeded. */
  rows(
    endpoint: BatchDescription,
    keys: readonly string[],
    properties: Properties,
    request: RequestContext,
  ): Promise<readonly Loaded[]>;

  /** Looks up rows without loading them; undefined when the endpoint's rows are not cached for this request. */
  peek?(endpoint: BatchDescription, properties: Properties, request: RequestContext): Peek | undefined;

  /** Loads the list at this path. */
  page(endpoint: ListDescription, path: string, properties: Properties, request: RequestContext): Promise<Page<Row>>;
}

/** A source that always calls the services. */
export function rowsOf(fetch: Fetch): RowSource {
  return {
    async rows(endpoint, keys, properties, request) {
      if (endpoint.ids.many) {
        const parts = await fetchBatch(fetch, endpoint, keys, properties, request);
        return parts.flatMap((part): readonly Loaded[] =>
          'error' in part ? part.keys.map(() => part.error) : part.result.value,
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

/**
 * Maps items by an asynchronous function, at most `limit` at a time, and returns the results in the order of the items. A failed
 * item becomes its Error and does not stop the others.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<(R | Error)[]> {
  const results = new Array<R | Error>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) {
      results[index] = await map(item).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
