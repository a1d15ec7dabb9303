import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  SpanKind,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
  type TraceState,
} from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { newSpanId } from '../../request/trace-context.ts';

/** What all spans of a trace have in common. */
export interface TraceParts extends Pick<ReadableSpan, 'resource' | 'instrumentationScope'> {
  readonly traceId: string;
  readonly traceState: TraceState | undefined;
  /** Milliseconds since 1970 at the zero of performance.now. */
  readonly timeOrigin: number;
}

export interface SpanParts {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly parent: SpanContext | undefined;
  /** Its own context, where others know it already. */
  readonly context?: SpanContext;
  /** Milliseconds by performance.now. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** Its status is an error, of this type. */
  readonly failure?: string | undefined;
  readonly links?: Link[];
  readonly events?: readonly { readonly name: string; readonly at: number; readonly attributes: Attributes }[];
}

/** Links of one span at most, as the SDK's own limit is by default. */
const MAX_LINKS = 128;

/**
 * A finished span, as the SDK's processors and exporters take it. It does not come from the SDK's tracer, which would make
 * its id when it starts, and takes ten times as long.
 */
export function spanOf(trace: TraceParts, parts: SpanParts): ReadableSpan {
  return new FinishedSpan(trace, parts);
}

class FinishedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: TimedEvent[];
  readonly droppedLinksCount: number;
  readonly droppedEventsCount = 0;
  readonly droppedAttributesCount = 0;
  readonly ended = true;
  readonly resource: ReadableSpan['resource'];
  readonly instrumentationScope: ReadableSpan['instrumentationScope'];
  readonly #context: SpanContext;

  constructor(trace: TraceParts, parts: SpanParts) {
    const { name, kind = SpanKind.INTERNAL, parent, failure, attributes, links = NONE, events, startedAt } = parts;
    const endedAt = Math.max(startedAt, parts.endedAt);
    this.name = name;
    this.kind = kind;
    if (parent) this.parentSpanContext = parent;
    this.startTime = hrTime(trace.timeOrigin + startedAt);
    // Not by way of the duration: a span that ends with its parent would then end a rounding later.
    this.endTime = hrTime(trace.timeOrigin + endedAt);
    this.duration = hrTime(endedAt - startedAt);
    this.status = failure === undefined ? UNSET : ERROR;
    this.attributes = attributes;
    this.links = links.length > MAX_LINKS ? links.slice(0, MAX_LINKS) : links;
    this.droppedLinksCount = Math.max(0, links.length - MAX_LINKS);
    this.events = events ? events.map(({ at, ...event }) => ({ ...event, time: hrTime(trace.timeOrigin + at) })) : [];
    this.resource = trace.resource;
    this.instrumentationScope = trace.instrumentationScope;
    this.#context = parts.context ?? contextOf(trace, newSpanId());
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}

const NONE: Link[] = [];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const ERROR: SpanStatus = { code: SpanStatusCode.ERROR };

/** The context of a span of this process. */
export function contextOf({ traceId, traceState }: Pick<TraceParts, 'traceId' | 'traceState'>, spanId: string) {
  const traceFlags = TraceFlags.SAMPLED;
  return traceState ? { traceId, spanId, traceFlags, traceState } : { traceId, spanId, traceFlags };
}

function hrTime(milliseconds: number): HrTime {
  return [Math.trunc(milliseconds / 1_000), Math.round((milliseconds % 1_000) * 1_000_000)];
}
