import type { IncomingHttpHeaders } from 'node:http';
import type { Ledger } from '../request/ledger.ts';
import type { RequestTrace } from '../request/request-trace.ts';
import type { TraceContext, TraceParent } from '../request/trace-context.ts';

/** Supported values of OTEL_TRACES_SAMPLER (OpenTelemetry specification, SDK configuration). */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface TracingSettings {
  /** URL that spans are posted to over OTLP/HTTP. */
  readonly url: string;
  readonly sampler: (typeof SAMPLERS)[number];
  /** Share of sampled traces, for ratio samplers. */
  readonly ratio: number;
  /** Longest time between two exports, in milliseconds. */
  readonly delayMs: number;
  /** Most spans that wait for an export. Traces that do not fit are dropped. */
  readonly maxQueue: number;
  /** Most spans in one export. */
  readonly maxBatch: number;
}

/** The URL of each service, for the spans of calls to it. */
export type ServiceUrls = Readonly<Record<string, { readonly url: string }>>;

/** The tracing state of a request. */
export interface TracedRequest {
  /** Trace headers of its calls. */
  readonly trace: TraceContext;
  /** Undefined if the request is not sampled. */
  readonly requestTrace: RequestTrace | undefined;
  /** The traceparent that the request came with, if any. */
  readonly parent: TraceParent | undefined;
  /** Set as soon as it exists. */
  ledger: Ledger | undefined;
}

/** The HTTP attributes of a request. */
export interface HttpFacts {
  readonly method: string;
  /** Route template such as `/screens/:name`; undefined if no route matched. */
  readonly route: string | undefined;
  readonly path: string;
  readonly host: string | undefined;
  readonly httpVersion: string;
  readonly requestId: string;
  /** Undefined if the caller hung up before the response. */
  readonly status: number | undefined;
}

/** Creates the spans of sampled requests and exports them. */
export interface Tracing {
  begin(headers: IncomingHttpHeaders): TracedRequest;
  /** Must be called when the response was sent or the caller hung up. Spans are created once no call is in flight any more. */
  end(traced: TracedRequest, facts: HttpFacts): void;
  /** Exports the remaining spans, for at most `limitMs` milliseconds. */
  stop(limitMs: number): Promise<void>;
}
