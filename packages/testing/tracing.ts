import { randomBytes } from 'node:crypto';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { type RunningBff, startBff } from './bff.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';
import { type ReferenceServices, startReferenceServices } from './reference-services.ts';

/** A span of a caller that a test plays. */
export interface CallersSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** The traceparent header, sampled. */
  readonly headers: { readonly traceparent: string };
}

export function newCallersSpan(): CallersSpan {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
}

/** The reference services, and a collector for what BFFs in front of them send. */
export interface TracingSetup extends AsyncDisposable {
  readonly services: ReferenceServices;
  readonly receiver: OtlpReceiver;
  /** A client's server that exports at once. */
  start(bff: Bff, environment?: Record<string, string>): Promise<RunningBff>;
}

export async function startTracingSetup(): Promise<TracingSetup> {
  const services = await startReferenceServices();
  const receiver = await startOtlpReceiver();
  return {
    services,
    receiver,
    start: (bff, environment = {}) =>
      startBff(bff, services.urls, {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_BSP_SCHEDULE_DELAY: '1',
        ...environment,
      }),
    async [Symbol.asyncDispose]() {
      await receiver[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
    },
  };
}

/** The one span of this name. */
export function spanNamed(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const [found, ...others] = spans.filter((span) => span.name === name);
  if (!found || others.length > 0) throw new Error(`There are ${others.length + (found ? 1 : 0)} spans ${name}.`);
  return found;
}
