import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../log.ts';
import type { TracingSettings } from '../tracing.ts';

/** A collector that is away for a day is worth a line now and then, and not one for each export. */
const COMPLAIN_EVERY_MS = 60_000;

type Done = Parameters<SpanExporter['export']>[1];

/** Spans that wait to be sent, in whole traces. */
export interface SpanQueue {
  /** Takes all spans of a trace, or none where there is no room for them: half a trace would mislead. */
  add(spans: readonly ReadableSpan[]): void;
  /** Sends what there is, and no more than that from then on; it may take as long as the collector does. */
  close(): Promise<void>;
}

/**
 * A bounded queue in front of a collector. One that is slow, ill or away costs traces and nothing else. `exporter` sends
 * over OTLP/HTTP by default, which reads its headers, time limit, compression and certificates from the environment.
 */
export function createSpanQueue(
  { url, delayMs, maxQueue, maxBatch }: Pick<TracingSettings, 'url' | 'delayMs' | 'maxQueue' | 'maxBatch'>,
  log: Logger,
  exporter: SpanExporter = new OTLPTraceExporter({ url }),
): SpanQueue {
  let waiting = 0;
  let leftOut = 0;
  let failed = 0;
  let silentUntil = 0;

  function complain(error?: Error, isLast = false): void {
    if (performance.now() < silentUntil && !isLast) return;
    silentUntil = performance.now() + COMPLAIN_EVERY_MS;
    log.warn({ reason: error?.message, failedSpans: failed, tracesWithoutRoom: leftOut }, 'traces were not sent');
    failed = 0;
    leftOut = 0;
  }

  const counted: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length;
      const told: Done = (result) => {
        if (result.code !== SUCCESS) {
          failed += spans.length;
          complain(result.error);
        }
        done(result);
      };
      exporter.export(spans, told);
    },
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchSpanProcessor({
    exporter: counted,
    scheduledDelayMillis: delayMs,
    maxQueueSize: maxQueue,
    maxExportBatchSize: Math.min(maxBatch, maxQueue),
  });

  return {
    add(spans) {
      if (waiting + spans.length > maxQueue) {
        leftOut += 1;
        complain();
        return;
      }
      waiting += spans.length;
      for (const span of spans) processor.onEnd(span);
    },
    async close() {
      await processor.shutdown();
      // What was not told for having been told a moment before.
      if (failed + leftOut > 0) complain(undefined, true);
    },
  };
}

/** ExportResultCode.SUCCESS of a package that this one has through others. */
const SUCCESS = 0;
