import { randomFillSync } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** W3C trace context and baggage, which are forwarded to every service. */
export type TraceContext = Readonly<Partial<Record<'traceparent' | 'tracestate' | 'baggage', string>>>;

// W3C Trace Context, section 3.2: version, trace id and parent id, flags; the ids not all zeros, the version not ff. Only later
// versions than 00 may have more.
const TRACEPARENT = /^(?!ff)(?!00-.{53})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Longest header that the W3C Baggage specification requires everyone to forward, in bytes. */
const MAX_LENGTH = 8_192;

/** The trace headers of a request. tracestate requires a valid traceparent, as the specification says. */
export function traceContextOf(headers: IncomingHttpHeaders): TraceContext {
  const { traceparent, tracestate } = headers;
  const valid = typeof traceparent === 'string' && TRACEPARENT.test(traceparent);
  return {
    ...(valid ? { traceparent } : {}),
    ...(valid && isShort(tracestate) ? { tracestate } : {}),
    ...(isShort(headers['baggage']) ? { baggage: headers['baggage'] } : {}),
  };
}

const isShort = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_LENGTH;

/** A parsed traceparent. */
export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Parses a valid traceparent of any version: later versions start like this one. */
export function parseTraceparent(traceparent: string): TraceParent {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The traceparent for children of a recorded span. */
export function sampledTraceparent(traceId: string, spanId: string): string {
  return `00-${traceId}-${spanId}-01`;
}

/** The traceparent for a trace that is not recorded. */
export function unsampledTraceparent(traceId: string, spanId: string): string {
  return `00-${traceId}-${spanId}-00`;
}

// Random bytes are fetched in bulk, because each fetch costs as much as the rest of creating an id.
const pool = Buffer.alloc(8 * 512);
let used = pool.length;

export function newSpanId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 8;
  return pool.toString('hex', used - 8, used);
}

export const newTraceId = (): string => newSpanId() + newSpanId();
