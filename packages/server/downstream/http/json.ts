import { isUtf8 } from 'node:buffer';
import { ExactNumber, parseExactly } from '../../request/exact-json.ts';

/** Responses of this size or more are inspected before parsing. Smaller ones cannot block the event loop for long. */
const SUSPECT_BYTES = 64 * 1024;

/** Number and size of the evenly spread samples of a large response. */
const SAMPLES = 32;
const SAMPLE_BYTES = 64;

/** Share of sampled bytes that may open an array or object which no later one closes. Real responses have under 1 %. */
const MAX_NESTING = 1 / 20;
/** Share of sampled bytes that may open an array or object. A list of pairs of digits has a sixth. */
const MAX_OPENINGS = 1 / 4;

/**
 * Parses JSON in UTF-8, with an ExactNumber for each number that a double would change. A byte order mark is ignored, as RFC 8259
 * allows (section 8.1). Throws if the body is not UTF-8 (another charset would put U+FFFD into the data) or not JSON. Also throws
 * for a large body of mostly brackets: 5 MB of them would block the event loop for seconds.
 */
export function parseResponse(body: Buffer): unknown {
  if (!isUtf8(body)) throw new Error('The response is not UTF-8.');
  if (body.length >= SUSPECT_BYTES && isMostlyBrackets(body)) throw new Error('The response is mostly brackets.');
  return parseExactly(body.toString('utf8', startsWithMark(body) ? 3 : 0), body);
}

function startsWithMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

/** Decides by samples, because reading every byte would take half as long as parsing. Brackets in strings count too. */
function isMostlyBrackets(body: Buffer): boolean {
  let openings = 0;
  let nesting = 0;
  let deepest = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const start = Math.floor((sample * (body.length - SAMPLE_BYTES)) / SAMPLES);
    for (let at = start; at < start + SAMPLE_BYTES; at += 1) {
      const byte = body[at];
      if (byte === 0x5b || byte === 0x7b) {
        openings += 1;
        nesting += 1;
        if (nesting > deepest) deepest = nesting;
      } else if (byte === 0x5d || byte === 0x7d) nesting -= 1;
    }
  }
  const all = SAMPLES * SAMPLE_BYTES;
  return deepest > all * MAX_NESTING || openings > all * MAX_OPENINGS;
}

/** An upper estimate of the memory that V8 uses for a JSON value, in bytes. */
export function bytesOf(value: unknown): number {
  let bytes = 0;
  // No recursion: services choose how deep a value is.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === 'string') bytes += 32 + 2 * next.length;
    else if (next instanceof ExactNumber) bytes += 128 + ExactNumber.textOf(next).length;
    else if (typeof next === 'object' && next !== null) {
      bytes += 64;
      for (const each of Object.values(next)) {
        bytes += 8;
        rest.push(each);
      }
    } else bytes += 16;
  }
  return bytes;
}

/** Freezes a JSON value and everything in it. */
export function freezeDeep<T>(value: T): T {
  // No recursion: services choose how deep a value is.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const each of Object.values(next)) rest.push(each);
  }
  return value;
}
