import type { IncomingHttpHeaders } from 'node:http';
import { httpDateMs } from './http-date.ts';

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
