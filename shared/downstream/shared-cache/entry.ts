import { parseAnswer } from '../answer-json.ts';
import { mostRows } from '../asking.ts';
import { type CachingHeaders, publicHeaders } from '../cacheability.ts';
import type { BatchDescription, Description, ListDescription } from '../endpoint.ts';
import type { Kept } from '../kept.ts';
import type { Page, Row } from '../row-shape.ts';

/** Largest entry, in bytes; a larger one is neither written nor read. */
export const MAX_ENTRY_BYTES = 256 * 1024;

/** Longest time that an entry may be used after its service gave it out, in seconds, whatever it says of itself. */
export const MAX_AGE_SECONDS = 24 * 60 * 60;

/** How far the clocks of two machines may be apart; an entry from further ahead cannot be trusted with its age. */
const CLOCK_SKEW_MS = 1_000;

/** What another process has kept. Its headers say how old it is by now. */
export interface SharedEntry {
  readonly value: Row | Page<Row>;
  readonly headers: CachingHeaders;
}

/** The text of an entry: the value, when its service gave it out, and what that said of keeping it. */
export function textOf(kept: Kept<unknown>): string {
  const { age: _by, ...headers } = kept.headers;
  return JSON.stringify({ born: Math.round(Date.now() - kept.ageMs()), headers, value: kept.value });
}

/**
 * What an entry holds for this key; undefined where it cannot be used. Whoever may write there could have written anything:
 * it is held to what a service's answer is held to, and to being public once more. Never throws.
 */
export function entryIn(text: Buffer, endpoint: Description, key: string): SharedEntry | undefined {
  try {
    return text.length <= MAX_ENTRY_BYTES ? checked(text, endpoint, key) : undefined;
  } catch {
    return undefined;
  }
}

function checked(text: Buffer, endpoint: Description, key: string): SharedEntry | undefined {
  const { born, headers, value } = asObject(parseAnswer(text)) ?? NOTHING;
  const ageMs = typeof born === 'number' ? Date.now() - born : Number.NaN;
  if (!(ageMs >= -CLOCK_SKEW_MS && ageMs <= MAX_AGE_SECONDS * 1_000) || !areHeaders(headers)) return undefined;
  const caching = publicHeaders(headers);
  const isUsable = endpoint.kind === 'batch' ? isRow(value, endpoint, key) : isPage(value, endpoint, key);
  if (!caching || !isUsable) return undefined;
  // In whole seconds, and never younger than it is.
  const age = String(Math.max(0, Math.ceil(ageMs / 1_000)));
  return { value: value as SharedEntry['value'], headers: { ...caching, age } };
}

function isRow(value: unknown, { ids, rowKey }: BatchDescription, key: string): boolean {
  const row = asObject(value);
  if (!row) return false;
  // A single get is told its row by the address alone.
  if (!ids.many) return true;
  const id = row[rowKey];
  return (typeof id === 'string' || typeof id === 'number') && String(id) === key;
}

function isPage(value: unknown, endpoint: ListDescription, path: string): boolean {
  const { rows, hasNext } = asObject(value) ?? NOTHING;
  if (!Array.isArray(rows) || typeof hasNext !== 'boolean' || rows.length > mostRows(endpoint, path)) return false;
  return rows.every((row) => ['string', 'number'].includes(typeof asObject(row)?.[endpoint.rowKey]));
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
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
}
