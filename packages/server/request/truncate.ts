/** Length to which text from outside is truncated, in UTF-16 code units (at most 12 KB of UTF-8). */
export const MAX_TEXT_LENGTH = 4_096;

/**
 * Truncates text from a service, the cache, a caller or a resolver. Call it before such text reaches a regular expression, a log line
 * or an error message, whose cost must not depend on external input.
 *
 * The result has at most `maxLength` UTF-16 code units, including the mark that states the original length. A surrogate pair is kept
 * whole or dropped whole. Shorter text is returned unchanged.
 */
export function truncate(text: string, maxLength: number = MAX_TEXT_LENGTH): string {
  if (text.length <= maxLength) return text;
  const mark = `… [truncated, ${text.length} characters]`;
  return `${text.slice(0, endOfCut(text, maxLength - mark.length))}${mark}`.slice(0, maxLength);
}

/** How far the cut moves back so as not to split a word. It is longer than an email address or an identity. */
const LONGEST_WORD = 256;
const DELIMITERS = ' \t\r\n"\'`,;:=&?/<>()[]{}';

/** Cuts after a delimiter if one is near, because half an address or token would not be redacted in logs. */
function endOfCut(text: string, limit: number): number {
  if (limit <= 0) return 0;
  for (let end = limit; end > Math.max(0, limit - LONGEST_WORD); end -= 1) {
    if (DELIMITERS.includes(text.charAt(end - 1))) return end;
  }
  return isHighSurrogate(text.charCodeAt(limit - 1)) && isLowSurrogate(text.charCodeAt(limit)) ? limit - 1 : limit;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
