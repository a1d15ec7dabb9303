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
import { contextOf, type TraceParts } from './span.ts';
import { createSpanQueue } from './span-queue.ts';

/**
 * Traces by OpenTelemetry. Of a sampled request a trail is kept, and its spans are made of that when it is over; of any
 * other request nothing but the headers that go on. Only ids are made before, since the services are told them.
 */
export function createTracing(settings: TracingSettings, client: string, services: ServiceUrls, log: Logger): Tracing {
  const isSampled = createSampler(settings);
  const queue = createSpanQueue(settings, log);
  const targetOf = createTargets(services);
  const common = {
    instrumentationScope: { name: 'facet' },
    resource: defaultResource()
      .merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: `facet-${client}` }))
      // OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.
      .merge(detectResources({ detectors: [envDetector] })),
  };

  function spansOf(
    { requestTrace, ledger, trace, parent }: TracedRequest,
    facts: HttpFacts,
    endedAt: number,
  ): ReadableSpan[] {
    if (!requestTrace || trace.traceparent === undefined) return [];
    const { traceId, spanId } = parseTraceparent(trace.traceparent);
    const traceState = trace.tracestate === undefined ? undefined : createTraceState(trace.tracestate);
    // Read anew for each trace: the two clocks drift apart.
    const parts: TraceParts = { ...common, traceId, traceState, timeOrigin: wallClockMs() - performance.now() };
    const context = contextOf(parts, spanId);
    const { startedAt, operation } = requestTrace;
    const request = requestSpan(parts, facts, { parent: parent && remote(parent), context, startedAt, endedAt });
    if (!operation || !ledger) return [request];
    const within = contextOf(parts, newSpanId());
    const gone = facts.status === undefined ? { goneAt: endedAt } : {};
    return [
      request,
      operationSpan(parts, operation, ledger, { context: within, parent: context, ...gone }),
      ...loadingSpans(parts, requestTrace, ledger, within, targetOf),
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
      // Who asked has decided the same already, and there is no span of ours to name.
      if (parent && !parent.isSampled) return { trace: given, requestTrace: undefined, parent, ledger: undefined };
      const trace = { ...given, traceparent: unsampledTraceparent(traceId, newSpanId()) };
      return { trace, requestTrace: undefined, parent, ledger: undefined };
    },

    end(traced, facts) {
      const endedAt = performance.now();
      traced.requestTrace?.whenQuiet(() => queue.add(spansOf(traced, facts, endedAt)));
    },

    async stop(limitMs) {
      // The spans of the last answers are made in the turn after they left, and after the last of their calls.
      await turn();
      await turn();
      // Whoever stops has not much time: what the collector does not take in it is lost.
      await Promise.race([queue.close().catch(() => {}), delay(limitMs)]);
    },
  };
}
