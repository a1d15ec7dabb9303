import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../log.ts';
import type { TracingSettings } from '../tracing.ts';

/** Least time between two warnings, in milliseconds: a collector may be down for a day. */
const WARN_EVERY_MS = 60_000;

type Done = Parameters<SpanExporter['export']>[1];

/** A queue of spans, in whole traces. */
export interface SpanQueue {
  /** Adds all spans of a trace, or drops them all if there is no room: half a trace would be misleading. */
  add(spans: readonly ReadableSpan[]): void;
  /** Sends the queued spans and closes the queue. It may take as long as the collector does. */
  close(): Promise<void>;
}

/**
 * Creates a bounded queue in front of a collector. A slow or unreachable collector costs traces and nothing else. The default
 * `exporter` sends over OTLP/HTTP. It reads its headers, timeout, compression and certificates from the environment.
 */
export function createSpanQueue(
  { url, delayMs, maxQueue, maxBatch }: Pick<TracingSettings, 'url' | 'delayMs' | 'maxQueue' | 'maxBatch'>,
  log: Logger,
  exporter: SpanExporter = new OTLPTraceExporter({ url }),
): SpanQueue {
  let waiting = 0;
  let dropped = 0;
  let failed = 0;
  let silentUntil = 0;

  function warn(error?: Error, isLast = false): void {
    if (performance.now() < silentUntil && !isLast) return;
    silentUntil = performance.now() + WARN_EVERY_MS;
    log.warn({ reason: error?.message, failedSpans: failed, tracesWithoutRoom: dropped }, 'traces were not sent');
    failed = 0;
    dropped = 0;
  }

  const countingExporter: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length;
      const counted: Done = (result) => {
        if (result.code !== SUCCESS) {
          failed += spans.length;
          warn(result.error);
        }
        done(result);
      };
      exporter.export(spans, counted);
    },
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchSpanProcessor({
    exporter: countingExporter,
    scheduledDelayMillis: delayMs,
    maxQueueSize: maxQueue,
    maxExportBatchSize: Math.min(maxBatch, maxQueue),
  });

  return {
    add(spans) {
      if (waiting + spans.length > maxQueue) {
        dropped += 1;
        warn();
        return;
      }
      waiting += spans.length;
      for (const span of spans) processor.onEnd(span);
    },
    async close() {
      await processor.shutdown();
      // Failures since the last warning.
      if (failed + dropped > 0) warn(undefined, true);
    },
  };
}

/** ExportResultCode.SUCCESS of @opentelemetry/core, which is only an indirect dependency. */
const SUCCESS = 0;
