import type { IncomingHttpHeaders } from 'node:http';

/** W3C trace context and baggage, forwarded to every service as they came. */
export type TraceContext = Readonly<Partial<Record<'traceparent' | 'tracestate' | 'baggage', string>>>;

// W3C Trace Context, section 3.2: version, trace id and parent id, flags; the ids not all zeros, the version not ff.
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Longest header that the W3C Baggage specification asks everybody to carry, in bytes. */
const MAX_LENGTH = 8_192;

/** The trace headers of a request; tracestate only beside a valid traceparent, as the specification asks. */
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
