import { isUtf8 } from 'node:buffer';
import { parseExactly } from '../request/exact-json.ts';

/** Answers from this size on are looked at before they are parsed; smaller ones cannot keep the parser busy for long. */
const SUSPECT_BYTES = 64 * 1024;

/** What is looked at of a large answer: so many places of so many bytes, evenly spread. */
const SAMPLES = 32;
const SAMPLE_BYTES = 64;

/** Share of those bytes that may open an array or object which none of those after it closes; a hundredth is much. */
const MOST_NESTING = 1 / 20;
/** Share of those bytes that may open one at all; a list of pairs of digits has a sixth. */
const MOST_OPENINGS = 1 / 4;

/**
 * The value of a JSON text in UTF-8, with an ExactNumber for each number that a double would change. One byte order mark is
 * ignored, as RFC 8259 allows (section 8.1). Throws where the body is not UTF-8 or not JSON: another charset would put
 * U+FFFD into the data. Also throws where it is large and hardly anything but brackets, of which 5 MB would stop the event
 * loop for seconds.
 */
export function parseAnswer(body: Buffer): unknown {
  if (!isUtf8(body)) throw new Error('The answer is not UTF-8.');
  if (body.length >= SUSPECT_BYTES && isMostlyBrackets(body)) throw new Error('The answer is mostly brackets.');
  return parseExactly(body.toString('utf8', startsWithMark(body) ? 3 : 0), body);
}

function startsWithMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

/** Told by samples, since to look at every byte would take half as long as parsing does. Brackets in texts count too. */
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
  return deepest > all * MOST_NESTING || openings > all * MOST_OPENINGS;
}
