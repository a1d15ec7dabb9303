import type { SpanContext, TraceState } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { type BatchSplit, batchSplits } from '../../request/batch-splits.ts';
import type { Ledger, LedgerEntry } from '../../request/ledger.ts';
import type { AttemptTrace, FieldTrace, RequestTrace } from '../../request/request-trace.ts';
import { newSpanId, parseTraceparent } from '../../request/trace-context.ts';
import { ATTR_SERVICE_PEER_NAME, FACET } from './conventions.ts';
import { attemptSpan, type Target } from './http-spans.ts';
import { contextOf, spanOf, type TraceParts } from './span.ts';

/**
 * The spans of everything that a request loaded, below `parent`: waves contain batches, which contain attempts. Beside the waves are
 * the fields that loaded, one span per field for all items of lists. A batch has links to the fields that it served. A coalesced
 * batch also has links to the attempts of the other request's call.
 */
export function loadingSpans(
  trace: TraceParts,
  requestTrace: RequestTrace,
  ledger: Ledger,
  parent: SpanContext,
  targetOf: (entry: LedgerEntry) => Target,
): ReadableSpan[] {
  const loading = new LoadingSpans(trace, requestTrace, ledger, targetOf);
  const calls = ledger.entries.filter(({ cached }) => !cached);
  for (const [wave, entries] of Map.groupBy(calls, (entry) => entry.wave)) loading.addWave(wave, entries, parent);
  for (const entry of ledger.entries) if (entry.cached) loading.noteServed(entry);
  loading.addFields(parent);
  return loading.spans;
}

/** The spans of a background refresh that a request caused. */
export function refreshSpans(
  trace: TraceParts,
  ledger: Ledger,
  parent: SpanContext,
  targetOf: (entry: LedgerEntry) => Target,
): ReadableSpan[] {
  const { trace: requestTrace, startedAt } = ledger;
  if (!requestTrace) return [];
  const context = contextOf(trace, newSpanId());
  const endedAt = startedAt + Math.max(0, ...ledger.entries.map(({ endMs = 0 }) => endMs));
  return [
    spanOf(trace, { name: 'refresh', parent, context, startedAt, endedAt, attributes: {} }),
    ...loadingSpans(trace, requestTrace, ledger, context, targetOf),
  ];
}

class LoadingSpans {
  readonly spans: ReadableSpan[] = [];
  readonly #trace: TraceParts;
  readonly #ledger: Ledger;
  readonly #targetOf: (entry: LedgerEntry) => Target;
  readonly #fields = new Map<FieldTrace, { readonly context: SpanContext; endedAt: number }>();
  readonly #splits = new Map<LedgerEntry, BatchSplit>();

  constructor(trace: TraceParts, requestTrace: RequestTrace, ledger: Ledger, targetOf: (entry: LedgerEntry) => Target) {
    this.#trace = trace;
    this.#ledger = ledger;
    this.#targetOf = targetOf;
    for (const field of requestTrace.fields.values()) {
      this.#fields.set(field, { context: this.#newContext(), endedAt: field.startedAt });
    }
    for (const split of batchSplits(ledger.entries)) {
      for (const { entry } of split.batches) this.#splits.set(entry, split);
    }
  }

  addWave(wave: number, entries: readonly LedgerEntry[], parent: SpanContext): void {
    const context = this.#newContext();
    this.spans.push(
      spanOf(this.#trace, {
        name: `wave ${wave}`,
        parent,
        context,
        startedAt: Math.min(...entries.map((entry) => this.#startOf(entry))),
        endedAt: Math.max(...entries.map((entry) => this.#endOf(entry))),
        attributes: { [FACET.wave]: wave, [FACET.calls]: entries.length },
      }),
    );
    for (const entry of entries) this.#addBatch(entry, context);
  }

  #addBatch(entry: LedgerEntry, parent: SpanContext): void {
    const { service, endpoint, keys, attempts, shared, failure, trace: callTrace } = entry;
    const context = this.#newContext();
    const served = this.noteServed(entry);
    const split = this.#splits.get(entry);
    const fields = served.flatMap((field) => this.#fields.get(field)?.context ?? []);
    const joined = shared ? (callTrace?.joined?.attempts ?? []).flatMap((attempt) => contextSent(attempt) ?? []) : [];
    this.spans.push(
      spanOf(this.#trace, {
        name: `${service} ${endpoint}`,
        parent,
        context,
        startedAt: this.#startOf(entry),
        endedAt: this.#endOf(entry),
        failure,
        links: [...fields, ...joined].map((linked) => ({ context: linked })),
        attributes: {
          [ATTR_SERVICE_PEER_NAME]: service,
          [FACET.endpoint]: endpoint,
          [FACET.keys]: keys,
          [FACET.fields]: served.map(({ path }) => path),
          [FACET.attempts]: attempts,
          ...(shared ? { [FACET.shared]: true } : {}),
          ...(split ? { [FACET.split]: split.batches.length, [FACET.needed]: split.needed } : {}),
          ...(failure === undefined ? {} : { [ATTR_ERROR_TYPE]: failure }),
          ...(callTrace?.isCancelled ? { [FACET.cancelled]: true } : {}),
        },
      }),
    );
    for (const attempt of callTrace?.attempts ?? []) {
      const sent = contextSent(attempt, this.#trace.traceState);
      if (sent) this.spans.push(attemptSpan(this.#trace, this.#targetOf(entry), attempt, sent, context));
    }
  }

  /** Returns the fields of a call or cache hit, and extends their spans to its end. */
  noteServed(entry: LedgerEntry): readonly FieldTrace[] {
    const served = entry.trace?.fields ?? [];
    for (const field of served) {
      const span = this.#fields.get(field);
      if (span) span.endedAt = Math.max(span.endedAt, this.#endOf(entry));
    }
    return served;
  }

  addFields(parent: SpanContext): void {
    for (const [{ path, startedAt, loads }, { context, endedAt }] of this.#fields) {
      const attributes = { [FACET.loads]: loads };
      this.spans.push(spanOf(this.#trace, { name: path, parent, context, startedAt, endedAt, attributes }));
    }
  }

  #newContext(): SpanContext {
    return contextOf(this.#trace, newSpanId());
  }

  #startOf({ startMs }: LedgerEntry): number {
    return this.#ledger.startedAt + startMs;
  }

  #endOf({ startMs, endMs = startMs }: LedgerEntry): number {
    return this.#ledger.startedAt + endMs;
  }
}

/** The context that an attempt was sent with, in this trace or another one. */
function contextSent({ traceparent }: AttemptTrace, traceState?: TraceState): SpanContext | undefined {
  if (traceparent === undefined) return undefined;
  const { traceId, spanId } = parseTraceparent(traceparent);
  return contextOf({ traceId, traceState }, spanId);
}
