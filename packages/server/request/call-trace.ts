import { CodedError, type ErrorCode } from './errors.ts';
import type { CallDescriptor, FieldTrace, RequestTrace } from './request-trace.ts';
import { newSpanId, sampledTraceparent } from './trace-context.ts';

/** What is kept of one call, or of one look into the cache. */
export class CallTrace {
  readonly descriptor: CallDescriptor;
  /** Every time that it was sent. */
  readonly attempts: AttemptTrace[] = [];
  /** The call of another request whose answer was this one's too. */
  joined: CallTrace | undefined;
  /** Its caller hung up before it had ended. */
  isCancelled = false;
  readonly #trail: RequestTrace;

  constructor(trail: RequestTrace, wanted: CallDescriptor) {
    this.#trail = trail;
    this.descriptor = wanted;
  }

  /** The fields that it was for. */
  get fields(): readonly FieldTrace[] {
    return this.#trail.fieldsOf(this.descriptor);
  }

  begin(how: { readonly attempts: number; readonly hedged: boolean }): AttemptTrace {
    const attempt = new AttemptTrace(this.#trail, how.attempts - 1, how.hedged);
    this.attempts.push(attempt);
    return attempt;
  }
}

/** One time that a call was sent. */
export class AttemptTrace {
  readonly startedAt = performance.now();
  endedAt: number | undefined;
  /** What it was sent with, in place of the caller's; undefined where the trace is none of ours. */
  readonly traceparent: string | undefined;
  /** How often the call had been sent before, as a retry counts. */
  readonly resends: number;
  /** It was sent beside another one, which took long. */
  readonly isHedge: boolean;
  status: number | undefined;
  bytes = 0;
  /** How it failed, the answer's status aside; CANCELLED where nobody waited for it any more. */
  failure: ErrorCode | 'CANCELLED' | undefined;
  readonly #trail: RequestTrace;

  constructor(trail: RequestTrace, resends: number, isHedge: boolean) {
    this.#trail = trail;
    this.resends = resends;
    this.isHedge = isHedge;
    this.traceparent = trail.traceId === undefined ? undefined : sampledTraceparent(trail.traceId, newSpanId());
    trail.begin();
  }

  /** Notes the answer that came, whatever is made of it. */
  answered(status: number, bytes: number): void {
    this.status = status;
    this.bytes = bytes;
  }

  end(error?: Error): void {
    this.endedAt = performance.now();
    if (error) this.failure = error instanceof CodedError ? error.code : 'CANCELLED';
    this.#trail.end();
  }
}
