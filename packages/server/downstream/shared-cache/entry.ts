import { wallClockMs } from '../../request/clock.ts';
import { ExactNumber } from '../../request/exact-json.ts';
import { keyText } from '../../request/key.ts';
import { parseAnswer } from '../answer-json.ts';
import type { CacheEntry } from '../cache-entry.ts';
import { type Grant, grantOf } from '../cacheability.ts';
import type { BatchDescription, Description, ListDescription } from '../endpoint.ts';
import { maxRows } from '../rest-client.ts';
import type { Page, Row } from '../row-shape.ts';
import type { TimedLook } from './reads.ts';

/** Largest entry, in bytes; a larger one is neither written nor read. */
export const MAX_ENTRY_BYTES = 256 * 1024;

/** Longest time that an entry may be used after its service gave it out, in seconds, whatever it says of itself. */
export const MAX_AGE_SECONDS = 24 * 60 * 60;

/** How far in the future an entry may seem to be written, in milliseconds. */
const CLOCK_SKEW_MS = 1_000;

/** What another process has kept, and what may be done with it here. */
export interface SharedEntry {
  readonly value: Row | Page<Row>;
  readonly grant: Grant;
}

/**
 * The text of an entry: the value, its caching headers, and when its service generated it by two clocks: the store's, which was
 * read at `storeMs`, and this machine's. See `ageIn`. Throws where the value has a number that is too large for a double, which
 * JSON.stringify would write as null.
 */
export function textOf(kept: CacheEntry<unknown>, storeMs: number): string {
  const { age: _counted, ...headers } = kept.headers;
  const ageMs = kept.ageMs();
  const [bornByStore, bornByWriter] = [Math.floor(storeMs - ageMs), Math.floor(wallClockMs() - ageMs)];
  const text = JSON.stringify({ bornByStore, bornByWriter, headers, value: kept.value });
  if (text.includes('null')) JSON.stringify(kept.value, finite);
  return text;
}

function finite(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('A number is too large for JSON.');
  return value;
}

/**
 * What an entry holds for this key; undefined where it cannot be used. Whoever may write there could have written anything:
 * it is held to what a service's answer is held to, and to being public once more. Never throws.
 */
export function entryIn(text: Buffer, endpoint: Description, key: string, look: LookTimes): SharedEntry | undefined {
  try {
    return text.length <= MAX_ENTRY_BYTES ? checked(text, endpoint, key, look) : undefined;
  } catch {
    return undefined;
  }
}

type LookTimes = Pick<TimedLook, 'storeMs' | 'sentAt'>;

function checked(text: Buffer, endpoint: Description, key: string, look: LookTimes): SharedEntry | undefined {
  const entry = asObject(parseAnswer(text)) ?? NOTHING;
  const { headers, value } = entry;
  const ageMs = ageIn(entry, look.storeMs);
  if (!(ageMs >= -CLOCK_SKEW_MS && ageMs <= MAX_AGE_SECONDS * 1_000) || !areHeaders(headers)) return undefined;
  // The age is that at the look: the time since then counts, too.
  const grant = grantOf(headers, look.sentAt - Math.max(0, ageMs));
  const isUsable = endpoint.kind === 'batch' ? isRow(value, endpoint, key) : isPage(value, endpoint, key);
  return grant && isUsable ? { value: value as SharedEntry['value'], grant } : undefined;
}

/**
 * The age of an entry in milliseconds: the larger one by two clocks. The store's clock measures from writing to reading, whatever
 * the clocks of the two machines say. Those measure it, too, in case the store's clock was set back meanwhile. So one wrong clock,
 * wherever it is, makes an entry seem older and never younger. NaN when the entry does not tell.
 */
function ageIn({ bornByStore, bornByWriter }: Row, storeMs: number): number {
  if (typeof bornByStore !== 'number' || typeof bornByWriter !== 'number') return Number.NaN;
  return Math.max(storeMs - bornByStore, wallClockMs() - bornByWriter);
}

function isRow(value: unknown, { ids, rowKey }: BatchDescription, key: string): boolean {
  const row = asObject(value);
  if (!row) return false;
  // A single get is told its row by the address alone.
  if (!ids.many) return true;
  return keyText(row[rowKey]) === key;
}

function isPage(value: unknown, endpoint: ListDescription, path: string): boolean {
  const { rows, hasNext } = asObject(value) ?? NOTHING;
  if (!Array.isArray(rows) || typeof hasNext !== 'boolean' || rows.length > maxRows(endpoint, path)) return false;
  return rows.every((row) => keyText(asObject(row)?.[endpoint.rowKey]) !== undefined);
}

/** What a header may hold (RFC 9110, section 5.5), and no more than any of these needs: some are sent back to services. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const MAX_HEADER_VALUE = 1_000;

function areHeaders(value: unknown): value is Record<string, string> {
  const headers = asObject(value);
  return !!headers && Object.values(headers).every(isHeaderValue);
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_HEADER_VALUE && HEADER_VALUE.test(value);
}

const NOTHING: Row = {};

function asObject(value: unknown): Row | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof ExactNumber) ? (value as Row) : undefined;
}
