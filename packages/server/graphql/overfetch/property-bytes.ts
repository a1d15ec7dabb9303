import { ExactNumber } from '../../request/exact-json.ts';
import { MAX_TEXT_LENGTH } from '../../request/truncate.ts';
import { addUnderName } from '../../telemetry/overfetch-meter.ts';
import type { Reads } from './reads.ts';

/** Sums of bytes of properties. */
export interface PropertyBytes {
  fetched: number;
  used: number;
  /** Unread properties by path, such as `items.unitPriceCents`. */
  readonly unread: Map<string, number>;
}

/**
 * Adds the bytes of a row's properties: names and values in JSON as UTF-8. Braces, brackets and commas do not count, so that the sizes of
 * an object's properties add up to the object's size.
 */
export function addRow(row: unknown, rowReads: Reads, bytes: PropertyBytes): void {
  // The service chooses the depth, so the function does not recurse.
  const rest: [value: unknown, reads: Reads][] = [[row, rowReads]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [value, reads] = next;
    if (reads.isWhole || !isContainer(value)) {
      const whole = bytesOf(value);
      bytes.fetched += whole;
      bytes.used += whole;
    } else if (Array.isArray(value)) {
      for (const item of value) rest.push([item, reads]);
    } else {
      for (const [name, property] of Object.entries(value)) {
        const below = reads.properties.get(name);
        if (below) {
          bytes.fetched += nameBytes(name);
          bytes.used += nameBytes(name);
          rest.push([property, below]);
        } else
          addUnread(reads.path === '' ? name : `${reads.path}.${name}`, nameBytes(name) + bytesOf(property), bytes);
      }
    }
  }
}

/** Adds bytes that were fetched and not read. */
export function addUnread(path: string, count: number, bytes: PropertyBytes): void {
  if (count === 0) return;
  bytes.fetched += count;
  addUnderName(bytes.unread, path, count);
}

/** The bytes of all properties and other values in a value. */
export function bytesOf(value: unknown): number {
  if (!isContainer(value)) return textBytes(value);
  let bytes = 0;
  const rest: unknown[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (!isContainer(next)) bytes += textBytes(next);
    else if (Array.isArray(next)) for (const item of next) rest.push(item);
    else {
      for (const [name, property] of Object.entries(next)) {
        bytes += nameBytes(name);
        rest.push(property);
      }
    }
  }
  return bytes;
}

/** Includes the quotes and the colon. */
const nameBytes = (name: string): number => textBytes(name) + 1;

/** The bytes of a value without parts. */
function textBytes(value: unknown): number {
  if (typeof value !== 'string') return String(value).length;
  const isPlain = value.length <= MAX_TEXT_LENGTH && PLAIN.test(value);
  return isPlain ? value.length + 2 : Buffer.byteLength(JSON.stringify(value));
}

/** Characters that JSON does not escape, one byte each. */
const PLAIN = /^[ !#-[\]-~]*$/;

const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
