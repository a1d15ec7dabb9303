import type { RequestContext } from '../request/context.ts';
import { ServiceBadResponseError, ServiceRejectedError } from '../request/errors.ts';
import type { Answer, Call } from './call.ts';
import type { BatchDescription, Endpoint, ListDescription } from './endpoint.ts';
import type { Fetch } from './fetcher.ts';
import { hasNextLink } from './http/response-headers.ts';
import { bisecting, type Part } from './policies/bisect.ts';
import type { Page, Row, RowShape } from './row-shape.ts';
import { type Properties, sparsePath } from './sparse.ts';

/** A fetched value, and the response that it was read from. */
export interface Fetched<T> {
  readonly value: T;
  readonly answer: Answer;
}

type Validators = Call['validators'];

/** Parts of a batch in the order of its keys, each with the response that its rows were read from. */
export type BatchParts = readonly Part<Fetched<readonly (Row | null)[]>>[];

/**
 * Fetches rows in as few concurrent calls as the endpoint's maxBatch allows. A call that the service refuses as a batch, or whose
 * URL is too long, is bisected. Rows are matched by key, in any order. A failed call fails its own keys only; the promise
 * rejects when all calls fail.
 */
export async function fetchBatch(
  fetch: Fetch,
  endpoint: BatchDescription,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<BatchParts> {
  const fetchAll = (batch: readonly string[]) =>
    bisecting(
      batch,
      (some) => fetchPart(fetch, endpoint, some, properties, request, some !== batch),
      (some) => isTooLong(endpoint, some, properties),
    );
  const batches = batchesOf(keys, endpoint.maxBatch);
  if (batches.length <= 1) return fetchAll(keys);
  const settled = await Promise.allSettled(batches.map(fetchAll));
  const failures = settled.filter((result) => result.status === 'rejected');
  if (failures.length === settled.length) throw failures[0]?.reason;
  return settled.flatMap((result, index): BatchParts => {
    if (result.status === 'fulfilled') return result.value;
    if (!(result.reason instanceof Error)) throw result.reason;
    return [{ keys: batches[index] ?? [], error: result.reason }];
  });
}

function batchesOf(keys: readonly string[], maxBatch: number): (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  for (let start = 0; start < keys.length; start += maxBatch) batches.push(keys.slice(start, start + maxBatch));
  return batches;
}

/** Services and proxies should accept URLs of this many bytes (RFC 9110, section 4.1). Many reject longer ones. */
const MAX_URL_BYTES = 8_000;

/** A percent-encoded UTF-16 unit takes at most this many bytes. */
const MAX_BYTES_PER_UNIT = 9;

function isTooLong(endpoint: BatchDescription, keys: readonly string[], properties: Properties): boolean {
  const units = keys.reduce((sum, key) => sum + key.length + 1, 0);
  // This estimate decides nearly all batches.
  if (endpoint.method !== 'GET' || units * MAX_BYTES_PER_UNIT < MAX_URL_BYTES / 2) return false;
  return callFor(endpoint, keys, properties).path.length > MAX_URL_BYTES;
}

async function fetchPart(
  fetch: Fetch,
  endpoint: BatchDescription,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
  isPart: boolean,
): Promise<Fetched<readonly (Row | null)[]>> {
  const call = callFor(endpoint, keys, properties);
  const answer = await fetch(isPart ? { ...call, isPart } : call, request);
  if (answer.json === undefined) {
    // Some services answer 404 for a missing row. A 404 to several keys says nothing about each of them.
    if (keys.length === 1) return { value: [null], answer };
    throw notFound(endpoint, 'a batch', request);
  }
  const rows = read(endpoint, request, (shape) => shape.byKey(answer.json, endpoint.rowKey));
  return { value: keys.map((key) => rows.get(key) ?? null), answer };
}

/** Fetches the row of a single get: null if there is none, undefined if a 304 confirms the stored one. */
export async function fetchOne(
  fetch: Fetch,
  endpoint: BatchDescription,
  key: string,
  properties: Properties,
  request: RequestContext,
  validators?: Validators,
): Promise<Fetched<Row | null | undefined>> {
  const answer = await fetch(validated(callFor(endpoint, [key], properties), validators), request);
  if (answer.status === 304) return { value: undefined, answer };
  if (answer.status === 404) return { value: null, answer };
  return { value: read(endpoint, request, (shape) => shape.single(answer.json)), answer };
}

/** Fetches the list at this path: undefined if a 304 confirms the stored one. */
export async function fetchPage(
  fetch: Fetch,
  endpoint: ListDescription,
  path: string,
  properties: Properties,
  request: RequestContext,
  validators?: Validators,
): Promise<Fetched<Page<Row> | undefined>> {
  const call = { endpoint, keys: 0, list: path, path: sparsePath(path, endpoint, properties) };
  const answer = await fetch(validated(call, validators), request);
  if (answer.status === 304) return { value: undefined, answer };
  if (answer.status === 404) throw notFound(endpoint, 'a list', request);
  const rows = read(endpoint, request, (shape) => shape.inOrder(answer.json, endpoint.rowKey));
  const max = maxRows(endpoint, path);
  // The cost limit relies on this bound, even if the service ignores its own limit.
  if (rows.length > max) return { value: { rows: rows.slice(0, max), hasNext: true }, answer };
  return { value: { rows, hasNext: hasNextLink(answer.headers['link']) }, answer };
}

/** Most rows of a page: the limit in its path, or maxItems of the service's OpenAPI document if that is smaller. */
export function maxRows({ maxItems, limit, rows }: ListDescription, path: string): number {
  const documented = maxItems[rows.path] ?? Number.POSITIVE_INFINITY;
  const requested = limit === undefined ? null : new URLSearchParams(path.slice(path.indexOf('?'))).get(limit);
  return requested !== null && Number(requested) >= 0 ? Math.min(documented, Number(requested)) : documented;
}

function callFor(endpoint: BatchDescription, keys: readonly string[], properties: Properties): Call {
  const { path, body } = endpoint.ids.request(endpoint.path, keys);
  const call = { endpoint, keys: keys.length, ids: keys, path: sparsePath(path, endpoint, properties) };
  return body === undefined ? call : { ...call, body };
}

function validated(call: Call, validators: Validators): Call {
  return validators === undefined ? call : { ...call, validators };
}

function read<T>(endpoint: Endpoint, request: RequestContext, rowsOf: (shape: RowShape) => T): T {
  try {
    return rowsOf(endpoint.rows);
  } catch (error) {
    preventStoring(request);
    throw new ServiceBadResponseError(endpoint.service, error);
  }
}

function notFound(endpoint: Endpoint, what: string, request: RequestContext): ServiceRejectedError {
  preventStoring(request);
  return new ServiceRejectedError(endpoint.service, 404, what);
}

/** A response that is built from an unusable one must not be stored by clients and CDNs, even if the service's was public. */
function preventStoring({ ledger }: RequestContext): void {
  ledger.limitFreshness(0);
}
