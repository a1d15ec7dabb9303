import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { createTraceState } from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { wallClockMs } from '../../request/clock.ts';
import { RequestTrace } from '../../request/request-trace.ts';
import {
  newSpanId,
  newTraceId,
  parseTraceparent,
  sampledTraceparent,
  traceContextOf,
  unsampledTraceparent,
} from '../../request/trace-context.ts';
import type { Logger } from '../log.ts';
import type { HttpFacts, ServiceUrls, TracedRequest, Tracing, TracingSettings } from '../tracing.ts';
import { createTargets, requestSpan } from './http-spans.ts';
import { loadingSpans, refreshSpans } from './loading-spans.ts';
import { operationSpan } from './operation-span.ts';
import { createSampler, remote } from './sampler.ts';
import { contextOf, SpanRecorder, type TraceParts } from './span.ts';
import { createSpanQueue } from './span-queue.ts';

/**
 * Creates tracing by OpenTelemetry. The spans of a sampled request are created from its trace and its ledger when it is over. Only
 * their ids are created before, because services are told them. Other requests only forward trace headers.
 */
export function createTracing(settings: TracingSettings, client: string, services: ServiceUrls, log: Logger): Tracing {
  const isSampled = createSampler(settings);
  const queue = createSpanQueue(settings, log);
  const targetOf = createTargets(services);
  const recorder = new SpanRecorder(
    defaultResource()
      .merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: `facet-${client}` }))
      // OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.
      .merge(detectResources({ detectors: [envDetector] })),
  );

  function spansOf(
    { requestTrace, ledger, trace, parent }: TracedRequest,
    facts: HttpFacts,
    endedAt: number,
  ): ReadableSpan[] {
    if (!requestTrace || trace.traceparent === undefined) return [];
    const { traceId, spanId } = parseTraceparent(trace.traceparent);
    const traceState = trace.tracestate === undefined ? undefined : createTraceState(trace.tracestate);
    // Read for each trace, because the two clocks drift apart.
    const parts: TraceParts = { recorder, traceId, traceState, timeOrigin: wallClockMs() - performance.now() };
    const context = contextOf(parts, spanId);
    const { startedAt, operation } = requestTrace;
    const request = requestSpan(parts, facts, { parent: parent && remote(parent), context, startedAt, endedAt });
    if (!operation || !ledger) return [request];
    const operationContext = contextOf(parts, newSpanId());
    const gone = facts.status === undefined ? { goneAt: endedAt } : {};
    return [
      request,
      operationSpan(parts, operation, ledger, { context: operationContext, parent: context, ...gone }),
      ...loadingSpans(parts, requestTrace, ledger, operationContext, targetOf),
      ...ledger.backgrounds.flatMap((background) => refreshSpans(parts, background, context, targetOf)),
    ];
  }

  return {
    begin(headers) {
      const given = traceContextOf(headers);
      const parent = given.traceparent === undefined ? undefined : parseTraceparent(given.traceparent);
      const traceId = parent?.traceId ?? newTraceId();
      if (isSampled(traceId, parent)) {
        const trace = { ...given, traceparent: sampledTraceparent(traceId, newSpanId()) };
        return { trace, requestTrace: new RequestTrace(traceId), parent, ledger: undefined };
      }
      // The caller decided not to sample, and there is no span of this process to refer to.
      if (parent && !parent.isSampled) return { trace: given, requestTrace: undefined, parent, ledger: undefined };
      const trace = { ...given, traceparent: unsampledTraceparent(traceId, newSpanId()) };
      return { trace, requestTrace: undefined, parent, ledger: undefined };
    },

    end(traced, facts) {
      const endedAt = performance.now();
      traced.requestTrace?.whenQuiet(() => queue.add(spansOf(traced, facts, endedAt)));
    },

    async stop(limitMs) {
      // The spans of the last responses are created one turn after the responses and their last calls.
      await turn();
      await turn();
      // Spans that the collector does not accept in time are lost.
      await Promise.race([queue.close().catch(() => {}), delay(limitMs)]);
    },
  };
}
