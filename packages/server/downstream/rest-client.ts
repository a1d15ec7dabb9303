import type { RequestContext } from '../request/context.ts';
import { ServiceBadResponseError, ServiceRejectedError } from '../request/errors.ts';
import type { Answer, Call } from './call.ts';
import type { BatchDescription, Endpoint, ListDescription } from './endpoint.ts';
import type { Fetch } from './fetcher.ts';
import { hasNextLink } from './next-link.ts';
import { bisecting, type Part } from './policies/bisect.ts';
import type { Page, Row, RowShape } from './row-shape.ts';
import { type Properties, sparsePath } from './sparse.ts';

/** What was asked for, and the answer that it was read from. */
export interface Fetched<T> {
  readonly value: T;
  readonly answer: Answer;
}

type Validators = Call['validators'];

/** Parts of a batch in the order of its keys, each with the answer that its rows were read from. */
export type BatchParts = readonly Part<Fetched<readonly (Row | null)[]>>[];

/**
 * Fetches rows in as few calls as the endpoint's maxBatch allows, all at once. A call that the service refuses as a batch,
 * or whose address is too long, is bisected. Rows are matched by key, whatever their order. A call that fails costs its own keys; rejects when all calls fail.
 */
export async function fetchBatch(
  fetch: Fetch,
  endpoint: BatchDescription,
  keys: readonly string[],
  properties: Properties,
  request: RequestContext,
): Promise<BatchParts> {
  const askAll = (batch: readonly string[]) =>
    bisecting(
      batch,
      (some) => fetchPart(fetch, endpoint, some, properties, request, some !== batch),
      (some) => isTooLong(endpoint, some, properties),
    );
  const batches = batchesOf(keys, endpoint.maxBatch);
  if (batches.length <= 1) return askAll(keys);
  const settled = await Promise.allSettled(batches.map(askAll));
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

/** Services and proxies should take addresses of this many bytes (RFC 9110, section 4.1); many take no longer ones. */
const MAX_ADDRESS_BYTES = 8_000;

/** A percent-encoded UTF-16 unit takes at most this many bytes. */
const MAX_BYTES_PER_UNIT = 9;

function isTooLong(endpoint: BatchDescription, keys: readonly string[], properties: Properties): boolean {
  const units = keys.reduce((sum, key) => sum + key.length + 1, 0);
  // Nearly all batches are told by this.
  if (endpoint.method !== 'GET' || units * MAX_BYTES_PER_UNIT < MAX_ADDRESS_BYTES / 2) return false;
  return callFor(endpoint, keys, properties).path.length > MAX_ADDRESS_BYTES;
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
    // 404 to a single key is how some services say that there is no such row; to several it says nothing of each.
    if (keys.length === 1) return { value: [null], answer };
    throw refused(endpoint, 'a batch', request);
  }
  const rows = read(endpoint, request, (shape) => shape.byKey(answer.json, endpoint.rowKey));
  return { value: keys.map((key) => rows.get(key) ?? null), answer };
}

/** The row of a single get; undefined where the answer to the validators is that the kept one is still true. */
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

/** The list at this path; undefined where the answer to the validators is that the kept one is still true. */
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
  if (answer.status === 404) throw refused(endpoint, 'a list', request);
  const rows = read(endpoint, request, (shape) => shape.inOrder(answer.json, endpoint.rowKey));
  const most = maxRows(endpoint, path);
  // Whatever a service thinks of its limit: what an operation may cost rests on it.
  if (rows.length > most) return { value: { rows: rows.slice(0, most), hasNext: true }, answer };
  return { value: { rows, hasNext: hasNextLink(answer.headers['link']) }, answer };
}

/** Rows of a page at most: what was asked for, or what the service's OpenAPI document says. */
export function maxRows({ maxItems, limit, rows }: ListDescription, path: string): number {
  const documented = maxItems[rows.path] ?? Number.POSITIVE_INFINITY;
  const asked = limit === undefined ? null : new URLSearchParams(path.slice(path.indexOf('?'))).get(limit);
  return asked !== null && Number(asked) >= 0 ? Math.min(documented, Number(asked)) : documented;
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
    notForOthers(request);
    throw new ServiceBadResponseError(endpoint.service, error);
  }
}

function refused(endpoint: Endpoint, what: string, request: RequestContext): ServiceRejectedError {
  notForOthers(request);
  return new ServiceRejectedError(endpoint.service, 404, what);
}

/** The service's answer may have been public; what is made of one that cannot be used is for nobody else. */
function notForOthers({ ledger }: RequestContext): void {
  ledger.keepAtMost(0);
}
