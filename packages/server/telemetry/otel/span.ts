import {
  type Attributes,
  type Context,
  type HrTime,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  type TraceState,
  trace,
} from '@opentelemetry/api';
import { AlwaysOnSampler, type IdGenerator, type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { newSpanId, newTraceId } from '../../request/trace-context.ts';

/** The properties that all spans of a trace share. */
export interface TraceParts {
  readonly recorder: SpanRecorder;
  readonly traceId: string;
  readonly traceState: TraceState | undefined;
  /** Milliseconds since 1970 at the zero of performance.now. */
  readonly timeOrigin: number;
}

/** One span. Times are milliseconds by performance.now. */
export interface SpanParts {
  readonly name: string;
  readonly kind?: SpanKind;
  readonly parent: SpanContext | undefined;
  /** Its own context, if a service or another span refers to it already. */
  readonly context?: SpanContext;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** Error type, which sets the status to error. */
  readonly failure?: string | undefined;
  readonly links?: Link[];
  readonly events?: readonly { readonly name: string; readonly at: number; readonly attributes: Attributes }[];
}

/**
 * Creates finished spans by an OpenTelemetry tracer, with explicit times and ids. The ids of attempts must exist before their
 * spans, because services are told them. Sampling was decided when the request arrived, so every span is recorded.
 */
export class SpanRecorder {
  readonly #tracer: Tracer;
  readonly #ids = new PresetIds();
  #finished: ReadableSpan | undefined;
  #parent: SpanContext | undefined;
  #context = ROOT_CONTEXT;

  constructor(resource: ReadableSpan['resource']) {
    const provider = new TracerProvider({
      resource,
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      // There is one event per cache hit, and the number of fields bounds them.
      spanLimits: { eventCountLimit: Number.POSITIVE_INFINITY },
      spanProcessors: [
        {
          onStart() {},
          onEnd: (span) => {
            this.#finished = span;
          },
          forceFlush: async () => {},
          shutdown: async () => {},
        },
      ],
    });
    this.#tracer = provider.getTracer('facet');
  }

  create({ traceId, traceState, timeOrigin }: Omit<TraceParts, 'recorder'>, parts: SpanParts): ReadableSpan {
    const { name, kind = SpanKind.INTERNAL, parent, failure, attributes, links = [], events = [], startedAt } = parts;
    this.#ids.traceId = traceId;
    this.#ids.spanId = parts.context?.spanId ?? newSpanId();
    const options = { kind, attributes, links, startTime: hrTime(timeOrigin + startedAt) };
    const span = this.#tracer.startSpan(name, options, this.#contextOf(parent && withState(parent, traceState)));
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    for (const event of events) span.addEvent(event.name, event.attributes, hrTime(timeOrigin + event.at));
    span.end(hrTime(timeOrigin + Math.max(startedAt, parts.endedAt)));
    if (!this.#finished) throw new Error('The tracer did not record a span.');
    return this.#finished;
  }

  /** Remembers the last context, because siblings are created one after another. */
  #contextOf(parent: SpanContext | undefined): Context {
    if (parent !== this.#parent) {
      this.#parent = parent;
      this.#context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    }
    return this.#context;
  }
}

/** Generates the ids that were set before. */
class PresetIds implements IdGenerator {
  traceId = newTraceId();
  spanId = newSpanId();

  generateTraceId(): string {
    return this.traceId;
  }

  generateSpanId(): string {
    return this.spanId;
  }
}

/** Creates a finished span. */
export function spanOf({ recorder, ...common }: TraceParts, parts: SpanParts): ReadableSpan {
  return recorder.create(common, parts);
}

/** The context of a span of this process. */
export function contextOf({ traceId, traceState }: Pick<TraceParts, 'traceId' | 'traceState'>, spanId: string) {
  return withState({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }, traceState);
}

/** Spans inherit the state of a trace from their parents. */
function withState(context: SpanContext, traceState: TraceState | undefined): SpanContext {
  return traceState === undefined || context.traceState === traceState ? context : { ...context, traceState };
}

function hrTime(milliseconds: number): HrTime {
  return [Math.trunc(milliseconds / 1_000), Math.round((milliseconds % 1_000) * 1_000_000)];
}
