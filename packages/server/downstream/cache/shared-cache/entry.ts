import { wallClockMs } from '../../../request/clock.ts';
import { isObject } from '../../../request/guards.ts';
import { keyText } from '../../../request/key.ts';
import type { BatchDescription, Description, ListDescription } from '../../endpoint.ts';
import { parseResponse } from '../../http/json.ts';
import { maxRows } from '../../rest-client.ts';
import type { Page, Row } from '../../row-shape.ts';
import type { CacheEntry } from '../cache-entry.ts';
import { type Grant, grantOf } from '../cacheability.ts';
import type { TimedLookup } from './reads.ts';

/** Largest entry, in bytes. Larger ones are neither written nor read. */
export const MAX_ENTRY_BYTES = 256 * 1024;

/** Longest use of an entry after its service generated it, in seconds, regardless of its headers. */
export const MAX_AGE_SECONDS = 24 * 60 * 60;

/** How far in the future an entry may seem to have been written, in milliseconds. */
const CLOCK_SKEW_MS = 1_000;

/** A value that another process stored, and how this process may use it. */
export interface SharedEntry {
  readonly value: Row | Page<Row>;
  readonly grant: Grant;
}

/**
 * Serializes an entry: the value, its caching headers, and when its service generated it by two clocks: the store's, which read
 * `storeMs` just now, and this machine's. See `ageIn`. Throws if the value has a number that is too large for a double, which
 * JSON.stringify would write as null.
 */
export function textOf(stored: CacheEntry<unknown>, storeMs: number): string {
  const { age: _counted, ...headers } = stored.headers;
  const ageMs = stored.ageMs();
  const [bornByStore, bornByWriter] = [Math.floor(storeMs - ageMs), Math.floor(wallClockMs() - ageMs)];
  const text = JSON.stringify({ bornByStore, bornByWriter, headers, value: stored.value });
  if (text.includes('null')) JSON.stringify(stored.value, finite);
  return text;
}

function finite(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('A number is too large for JSON.');
  return value;
}

/**
 * Parses an entry for this key; undefined if it is unusable. The store may hold anything, so an entry is checked like a service's
 * response, and must be public. Never throws.
 */
export function entryIn(
  text: Buffer,
  endpoint: Description,
  key: string,
  lookup: LookupTimes,
): SharedEntry | undefined {
  try {
    return text.length <= MAX_ENTRY_BYTES ? checked(text, endpoint, key, lookup) : undefined;
  } catch {
    return undefined;
  }
}

type LookupTimes = Pick<TimedLookup, 'storeMs' | 'sentAt'>;

function checked(text: Buffer, endpoint: Description, key: string, lookup: LookupTimes): SharedEntry | undefined {
  const entry = parseResponse(text);
  if (!isObject(entry)) return undefined;
  const { headers, value } = entry;
  const ageMs = ageIn(entry, lookup.storeMs);
  if (!(ageMs >= -CLOCK_SKEW_MS && ageMs <= MAX_AGE_SECONDS * 1_000) || !areHeaders(headers)) return undefined;
  // This is the age at the time of the lookup: the time since then counts too.
  const grant = grantOf(headers, lookup.sentAt - Math.max(0, ageMs));
  const isUsable = endpoint.kind === 'batch' ? isRow(value, endpoint, key) : isPage(value, endpoint, key);
  return grant && isUsable ? { value: value as SharedEntry['value'], grant } : undefined;
}

/**
 * The age of an entry in milliseconds: the larger one by two clocks. The store's clock measures from writing to reading and needs
 * no agreement between machines. The machines' clocks measure it too, in case the store's clock was set back. So one wrong
 * clock makes an entry seem older, never younger. NaN when the entry has no timestamps.
 */
function ageIn({ bornByStore, bornByWriter }: Row, storeMs: number): number {
  if (typeof bornByStore !== 'number' || typeof bornByWriter !== 'number') return Number.NaN;
  return Math.max(storeMs - bornByStore, wallClockMs() - bornByWriter);
}

function isRow(value: unknown, { ids, rowKey }: BatchDescription, key: string): boolean {
  // A single get identifies its row by the URL, and the row may lack its key.
  return isObject(value) && (!ids.many || keyText(value[rowKey]) === key);
}

function isPage(value: unknown, endpoint: ListDescription, path: string): boolean {
  if (!isObject(value)) return false;
  const { rows, hasNext } = value;
  if (!Array.isArray(rows) || typeof hasNext !== 'boolean' || rows.length > maxRows(endpoint, path)) return false;
  return rows.every((row) => isObject(row) && keyText(row[endpoint.rowKey]) !== undefined);
}

/** Characters of a header value (RFC 9110, section 5.5), and a length that these headers never need. Some are sent to services. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_HEADER_VALUE = 1_000;

function areHeaders(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every(isHeaderValue);
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_HEADER_VALUE && HEADER_VALUE.test(value);
}
