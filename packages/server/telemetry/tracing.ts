import type { IncomingHttpHeaders } from 'node:http';
import type { Ledger } from '../request/ledger.ts';
import type { RequestTrace } from '../request/request-trace.ts';
import type { TraceContext, TraceParent } from '../request/trace-context.ts';

/** Names of samplers by the OpenTelemetry specification (SDK configuration, OTEL_TRACES_SAMPLER) that there are here. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface TracingSettings {
  /** Where spans are posted to, over OTLP/HTTP. */
  readonly url: string;
  readonly sampler: (typeof SAMPLERS)[number];
  /** Share of the traces that are sampled, by those samplers that take a share. */
  readonly ratio: number;
  /** Longest time between two exports. */
  readonly delayMs: number;
  /** Spans that wait for an export at most; traces for which there is no room are left out. */
  readonly maxQueue: number;
  /** Spans in one export at most. */
  readonly maxBatch: number;
}

/** Where a service is, for the spans of calls to it. */
export type ServiceUrls = Readonly<Record<string, { readonly url: string }>>;

/** A request as far as tracing is concerned. */
export interface TracedRequest {
  /** What its calls are sent with. */
  readonly trace: TraceContext;
  /** Undefined where it is not sampled: nothing is kept of it then. */
  readonly trail: RequestTrace | undefined;
  /** Whose traceparent it came with, if it had one. */
  readonly parent: TraceParent | undefined;
  /** Set as soon as there is one. */
  ledger: Ledger | undefined;
}

/** How a request was answered, by its HTTP side. */
export interface HttpFacts {
  readonly method: string;
  /** As its route is written, `/screens/:name`; undefined where there is none. */
  readonly route: string | undefined;
  readonly path: string;
  readonly host: string | undefined;
  readonly httpVersion: string;
  readonly requestId: string;
  /** Undefined where the caller hung up before there was an answer. */
  readonly status: number | undefined;
}

/** Makes the spans of sampled requests, and sends them. */
export interface Tracing {
  begin(headers: IncomingHttpHeaders): TracedRequest;
  /** To be called when the answer has left, or the caller; spans are made once nothing is under way any more. */
  end(traced: TracedRequest, facts: HttpFacts): void;
  /** Sends what there is, for as long as `limitMs`. */
  stop(limitMs: number): Promise<void>;
}
