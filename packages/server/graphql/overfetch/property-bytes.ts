import { ExactNumber } from '../../request/exact-json.ts';
import { MAX_TEXT_LENGTH } from '../../request/truncate.ts';
import { addUnderName } from '../../telemetry/overfetch-meter.ts';
import type { Reads } from './reads.ts';

/** Bytes of properties, by what became of them. */
export interface PropertyBytes {
  fetched: number;
  used: number;
  /** Those that nobody read, by the path of the outermost property: `items.unitPriceCents`. */
  readonly unread: Map<string, number>;
}

/**
 * Adds up the properties in a row, each with its name and its value as JSON.stringify writes them, in UTF-8. What holds them together
 * (braces, brackets, commas) is nobody's, so that the parts of an object are all there is of it.
 */
export function addRow(row: unknown, rowReads: Reads, bytes: PropertyBytes): void {
  // Not by recursion: how deep a value is, is the service's choice.
  const rest: [value: unknown, reads: Reads][] = [[row, rowReads]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [value, reads] = next;
    if (reads.isWhole || !isObject(value)) {
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

/** Adds bytes that came, and that nobody read. */
export function addUnread(path: string, count: number, bytes: PropertyBytes): void {
  if (count === 0) return;
  bytes.fetched += count;
  addUnderName(bytes.unread, path, count);
}

/** Bytes of all properties and other values in a value. */
export function bytesOf(value: unknown): number {
  if (!isObject(value)) return textBytes(value);
  let bytes = 0;
  const rest: unknown[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (!isObject(next)) bytes += textBytes(next);
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

/** With the quotes and the colon. */
const nameBytes = (name: string): number => textBytes(name) + 1;

/** Of a value that holds no others. */
function textBytes(value: unknown): number {
  if (typeof value !== 'string') return String(value).length;
  const isPlain = value.length <= MAX_TEXT_LENGTH && PLAIN.test(value);
  return isPlain ? value.length + 2 : Buffer.byteLength(JSON.stringify(value));
}

/** What JSON writes as it is, a byte a character. */
const PLAIN = /^[ !#-[\]-~]*$/;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
