import { CodedError, type ErrorCode } from './errors.ts';
import { type FieldInfo, fieldPathOf } from './field-path.ts';
import { newSpanId, sampledTraceparent } from './trace-context.ts';

/** What a call or a cache lookup asks for. */
export interface CallDescriptor {
  /** The endpoint. Its name is not unique. Endpoints of rows have a batch size. */
  readonly endpoint: object & { readonly maxBatch?: number; readonly ids?: { readonly many: boolean } };
  /** Keys of the rows; undefined for a list. */
  readonly ids?: readonly string[];
  /** Path of the list, without its sparse fields parameter; undefined for rows. */
  readonly list?: string;
  /** Whether this is part of a batch that the service refused as a whole. */
  readonly isPart?: boolean;
}

/** A field that loads rows or lists, for all items of the lists above it. All times of a trace are from performance.now. */
export interface FieldTrace {
  /** See `fieldPathOf`. */
  readonly path: string;
  /** Time of its first load. */
  readonly startedAt: number;
  /** Number of loads. */
  loads: number;
  /** Number of waves that had to end before it could load: those of the nearest loading field above it. */
  readonly waited: number;
  /** Number of waves after which its rows were loaded. */
  waves: number;
}

/** A row or list that fields have loaded. */
interface Load {
  readonly by: FieldTrace[];
  /** See FieldTrace; undefined before its call. */
  waves: number | undefined;
}

/** The operation of a request. */
export interface OperationTrace {
  /** Undefined for an anonymous operation. */
  readonly name: string | undefined;
  /** `query` or `mutation`. */
  readonly type: string;
  /** Its text if it is registered. Ad-hoc documents are left out, because they may contain personal data. */
  readonly document: string | undefined;
  readonly startedAt: number;
  /** Undefined if the caller hung up before its end. */
  endedAt: number | undefined;
  /** The codes of its errors. */
  codes: readonly unknown[];
}

/**
 * The trace of a sampled or explained request, in addition to its ledger: which fields loaded what, and every attempt of every
 * call. Other requests have none, so that they pay nothing for it.
 */
export class RequestTrace {
  readonly startedAt = performance.now();
  /** Trace id of its attempts, each of which has its own span id; undefined if the request is not sampled. */
  readonly traceId: string | undefined;
  /** By path, in the order of their first loads. */
  readonly fields = new Map<string, FieldTrace>();
  operation: OperationTrace | undefined;
  readonly #loads = new Map<object, Map<string, Load>>();
  readonly #cause: RequestTrace | undefined;
  #pending = 0;
  #onQuiet: (() => void) | undefined;

  /** A trace with a `cause` is of background work of that request, which delays the cause's `whenQuiet`. */
  constructor(traceId?: string, cause?: RequestTrace) {
    this.traceId = traceId;
    this.#cause = cause;
  }

  /** Records that a field loads a row by its key, or a list by its path. */
  load(endpoint: object, key: string, info: FieldInfo | undefined): void {
    if (!info) return;
    const field = this.#fieldAt(fieldPathOf(info));
    field.loads += 1;
    let byKey = this.#loads.get(endpoint);
    if (!byKey) {
      byKey = new Map();
      this.#loads.set(endpoint, byKey);
    }
    const load = byKey.get(key) ?? { by: [], waves: undefined };
    byKey.set(key, load);
    if (!load.by.includes(field)) load.by.push(field);
    field.waves = Math.max(field.waves, load.waves ?? 0);
  }

  /**
   * The wave of a call, from 1: it follows the waves that the call's fields had to wait for. Undefined if no field loaded it. A
   * `cached` lookup ends no wave.
   */
  waveOf(descriptor: CallDescriptor, cached: boolean): number | undefined {
    const all = this.#loadsOf(descriptor);
    if (all.length === 0) return undefined;
    const wave = 1 + Math.max(...all.map(({ by }) => Math.min(...by.map(({ waited }) => waited))));
    for (const load of all) {
      load.waves = cached ? wave - 1 : wave;
      for (const field of load.by) field.waves = Math.max(field.waves, load.waves);
    }
    return wave;
  }

  /** The fields that loaded any of these rows. */
  fieldsOf(descriptor: CallDescriptor): readonly FieldTrace[] {
    return [...new Set(this.#loadsOf(descriptor).flatMap(({ by }) => by))];
  }

  #loadsOf({ endpoint, ids, list }: CallDescriptor): Load[] {
    const byKey = this.#loads.get(endpoint);
    const keys = ids ?? (list === undefined ? [] : [list]);
    return keys.flatMap((key) => byKey?.get(key) ?? []);
  }

  begin(): void {
    this.#pending += 1;
    this.#cause?.begin();
  }

  end(): void {
    this.#pending -= 1;
    this.#cause?.end();
    if (this.#pending > 0) return;
    const onQuiet = this.#onQuiet;
    this.#onQuiet = undefined;
    onQuiet?.();
  }

  /** Calls `callback` when no call of the request is in flight any more, including those that its response did not wait for. */
  whenQuiet(callback: () => void): void {
    // A turn later, work that ends with the last call has ended too.
    setImmediate(() => {
      if (this.#pending === 0) callback();
      else this.#onQuiet = () => this.whenQuiet(callback);
    });
  }

  #fieldAt(path: string): FieldTrace {
    let field = this.fields.get(path);
    if (!field) {
      const waited = this.#loadingFieldAbove(path)?.waves ?? 0;
      field = { path, startedAt: performance.now(), loads: 0, waited, waves: waited };
      this.fields.set(path, field);
    }
    return field;
  }

  /** The nearest loading field above a path. */
  #loadingFieldAbove(path: string): FieldTrace | undefined {
    for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
      const field = this.fields.get(path.slice(0, end));
      if (field) return field;
    }
    return undefined;
  }
}

/** The trace of one call, or of one cache lookup. */
export class CallTrace {
  readonly descriptor: CallDescriptor;
  /** Its attempts, retries and hedges included. */
  readonly attempts: AttemptTrace[] = [];
  /** The call of another request that this one was coalesced with. */
  joined: CallTrace | undefined;
  /** Whether the caller hung up before its end. */
  isCancelled = false;
  readonly #trace: RequestTrace;

  constructor(trace: RequestTrace, descriptor: CallDescriptor) {
    this.#trace = trace;
    this.descriptor = descriptor;
  }

  /** The fields that it was made for. */
  get fields(): readonly FieldTrace[] {
    return this.#trace.fieldsOf(this.descriptor);
  }

  begin(how: { readonly attempts: number; readonly hedged: boolean }): AttemptTrace {
    const attempt = new AttemptTrace(this.#trace, how.attempts - 1, how.hedged);
    this.attempts.push(attempt);
    return attempt;
  }
}

/** One attempt of a call. */
export class AttemptTrace {
  readonly startedAt = performance.now();
  endedAt: number | undefined;
  /** The traceparent that it was sent with, in place of the caller's; undefined if the request is not sampled. */
  readonly traceparent: string | undefined;
  /** Number of earlier attempts of the call, not counting hedges. */
  readonly resends: number;
  /** Whether it was sent beside a slow attempt. */
  readonly isHedge: boolean;
  status: number | undefined;
  bytes = 0;
  /** The code of its error; CANCELLED if its response was no longer needed. */
  failure: ErrorCode | 'CANCELLED' | undefined;
  readonly #trace: RequestTrace;

  constructor(trace: RequestTrace, resends: number, isHedge: boolean) {
    this.#trace = trace;
    this.resends = resends;
    this.isHedge = isHedge;
    this.traceparent = trace.traceId === undefined ? undefined : sampledTraceparent(trace.traceId, newSpanId());
    trace.begin();
  }

  /** Records that a response arrived, before it is checked. */
  answered(status: number, bytes: number): void {
    this.status = status;
    this.bytes = bytes;
  }

  end(error?: Error): void {
    this.endedAt = performance.now();
    if (error) this.failure = error instanceof CodedError ? error.code : 'CANCELLED';
    this.#trace.end();
  }
}
