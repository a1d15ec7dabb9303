import type { IncomingHttpHeaders } from 'node:http';

/**
 * Retry-After (RFC 9110, section 10.2.3) as milliseconds to wait; undefined when it is absent or invalid. A date counts from the
 * Date header of the same answer, so that no clock of this machine matters; without that header it says nothing.
 */
export function retryAfterMs({ 'retry-after': header, date }: IncomingHttpHeaders): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const [from, until] = [httpDateMs(date), httpDateMs(header)];
  return from === undefined || until === undefined ? undefined : Math.max(0, until - from);
}

/** The three forms of an HTTP date (RFC 9110, section 5.6.7). The last one names no zone and means GMT. */
const FORMS = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** Milliseconds since 1970; undefined for anything else, which Date.parse would often read as some date. */
export function httpDateMs(text: string | undefined): number | undefined {
  if (text === undefined || !FORMS.some((form) => form.test(text))) return undefined;
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date;
}

// A link of RFC 8288, section 3: its target, then its parameters, quoted or not. Targets exclude "<", so that a header of many "<"
// is matched in linear time.
const LINK = /<[^<>]*>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+))?)*)/g;
const NEXT_ALONE = /^<[^<>]*>; ?rel="?next"?$/;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i;

/** Whether a Link header contains a link with the relation "next". */
export function hasNextLink(header: string | string[] | undefined): boolean {
  if (header === undefined) return false;
  // Nearly all services send this form.
  if (typeof header === 'string' && NEXT_ALONE.test(header)) return true;
  return String(header)
    .matchAll(LINK)
    .some(([, parameters = '']) => {
      const [, quoted, plain] = REL.exec(parameters) ?? [];
      return (quoted ?? plain ?? '').toLowerCase().split(/\s+/).includes('next');
    });
}
