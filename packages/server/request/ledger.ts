import type { ErrorCode } from './errors.ts';
import { type CallDescriptor, CallTrace, RequestTrace } from './request-trace.ts';

/** The record of a call, which its pipeline fills in. */
export interface CallRecord {
  /** HTTP status, if there was a response. */
  status: number | undefined;
  /** Size of the received bodies of all attempts, in bytes. */
  bytes: number;
  /** The part of those bytes without rows: from failed attempts, losing hedges, and a 404. */
  lostBytes: number;
  /** Number of attempts, retries included. */
  attempts: number;
  /** Whether a second call was sent beside a slow one. */
  hedged: boolean;
  /** Whether it was coalesced with the same call of another request. */
  shared: boolean;
  /** Its trace, in a traced request. */
  readonly trace?: CallTrace | undefined;
}

/** One downstream call, or one hit of the entity cache. Times are milliseconds since the start of the request. */
export interface LedgerEntry extends CallRecord {
  readonly service: string;
  readonly endpoint: string;
  /** Number of rows asked for by key; 0 for a list. */
  keys: number;
  /** 1 for calls that waited for no other, 2 for those that needed a response of the first wave, and so on; estimated without a trace. */
  readonly wave: number;
  readonly startMs: number;
  endMs: number | undefined;
  /** The code of its error. */
  failure: ErrorCode | undefined;
  /** Whether the entity cache had all of these rows, so that there was no call. */
  readonly cached: boolean;
  /** Number of those rows that were stale. */
  readonly staleKeys: number;
  /** What it asked for. Cache hits have it only in a traced request. */
  readonly descriptor: CallDescriptor | undefined;
  /** The parsed response, if there was one. */
  json: unknown;
}

/** A part of the response that is built from stale rows, because its service failed. */
export interface StalePart {
  readonly path: readonly (string | number)[];
  /** Milliseconds since the service generated it. */
  readonly ageMs: number;
}

/** The operation of a request, for metrics. */
export interface RunOperation {
  readonly name: string | undefined;
  /** Whether it is registered: its name is then that of a screen. */
  readonly isRegistered: boolean;
  /** Its fields as `Type.field`. */
  readonly fields: ReadonlySet<string>;
}

/** The record of all calls and cache hits of one request. */
export interface Ledger {
  /** The operation, as soon as it is known. */
  operation: RunOperation | undefined;
  readonly entries: readonly LedgerEntry[];
  /** Start of the request, by performance.now. */
  readonly startedAt: number;
  /** The trace of the request; undefined unless it is sampled or explained. */
  readonly trace: RequestTrace | undefined;
  /** Ledgers of background work that this request caused. Only traced requests keep them. */
  readonly backgrounds: readonly Ledger[];
  /** Creates the ledger of such work. */
  openBackground(): Ledger;
  /** Records the start of a call. */
  begin(service: string, endpoint: string, keys: number, descriptor?: CallDescriptor): LedgerEntry;
  end(entry: LedgerEntry): void;
  /** The wave of a call that starts now. */
  readonly wave: number;
  /** Runs `start`, whose calls belong to an earlier wave, because they were only delayed by a lookup. */
  inWave<T>(wave: number, start: () => T): T;
  /** Records rows, or one list if `keys` is 0, that the entity cache had. The caller may add further rows to `keys`. */
  hit(service: string, endpoint: string, keys: number, staleKeys: number, descriptor?: CallDescriptor): LedgerEntry;
  /** Records that the response uses a stale row or list, because its service failed. */
  markStale(value: object, ageMs: number): void;
  /** The age of such a row or list in milliseconds; undefined for others. */
  staleAgeMs(value: object): number | undefined;
  /** Whether there is any such row or list. */
  readonly hasStale: boolean;
  /** The parts of the response that are built from such rows. */
  readonly staleParts: StalePart[];
  /** The Set-Cookie headers of the services' responses, in order of arrival. */
  readonly cookies: string[];
  /** Limits how long caches may store the response, in milliseconds from now; 0 forbids storing it. */
  limitFreshness(milliseconds: number): void;
  /** Milliseconds for which caches may store the response: the smallest limit; 0 if there was none. */
  freshMs(): number;
  /** Milliseconds since the start of the request. */
  elapsedMs(): number;
}

/** Creates a ledger. `now` reads a clock in milliseconds. With a trace, calls are traced too. */
export function createLedger(now: () => number = () => performance.now(), trace?: RequestTrace): Ledger {
  return new RequestLedger(now, trace);
}

class RequestLedger implements Ledger {
  operation: RunOperation | undefined = undefined;
  readonly entries: LedgerEntry[] = [];
  readonly startedAt: number;
  readonly trace: RequestTrace | undefined;
  readonly #now: () => number;
  readonly staleParts: StalePart[] = [];
  readonly cookies: string[] = [];
  readonly backgrounds: Ledger[] = [];
  #stale: Map<object, number> | undefined;
  #wavesEnded = 0;
  #pinnedWave: number | undefined;
  #freshUntil: number | undefined;

  constructor(now: () => number, trace: RequestTrace | undefined) {
    this.trace = trace;
    this.#now = now;
    this.startedAt = now();
  }

  openBackground(): Ledger {
    if (!this.trace) return new RequestLedger(this.#now, undefined);
    const background = new RequestLedger(this.#now, new RequestTrace(this.trace.traceId, this.trace));
    this.backgrounds.push(background);
    return background;
  }

  begin(service: string, endpoint: string, keys: number, descriptor?: CallDescriptor): LedgerEntry {
    this.trace?.begin();
    return this.#note(service, endpoint, keys, { cached: false, staleKeys: 0, endMs: undefined, descriptor });
  }

  get wave(): number {
    return this.#pinnedWave ?? this.#wavesEnded + 1;
  }

  inWave<T>(wave: number, start: () => T): T {
    this.#pinnedWave = wave;
    try {
      return start();
    } finally {
      this.#pinnedWave = undefined;
    }
  }

  end(entry: LedgerEntry): void {
    entry.endMs = this.elapsedMs();
    this.#wavesEnded = Math.max(this.#wavesEnded, entry.wave);
    this.trace?.end();
  }

  hit(service: string, endpoint: string, keys: number, staleKeys: number, descriptor?: CallDescriptor): LedgerEntry {
    // A hit ends no wave, because there was nothing to wait for.
    return this.#note(service, endpoint, keys, { cached: true, staleKeys, endMs: this.elapsedMs(), descriptor });
  }

  markStale(value: object, ageMs: number): void {
    this.#stale ??= new Map();
    this.#stale.set(value, ageMs);
  }

  staleAgeMs(value: object): number | undefined {
    return this.#stale?.get(value);
  }

  get hasStale(): boolean {
    return this.#stale !== undefined;
  }

  limitFreshness(milliseconds: number): void {
    this.#freshUntil = Math.min(this.#freshUntil ?? Number.POSITIVE_INFINITY, this.#now() + milliseconds);
  }

  freshMs(): number {
    return this.#freshUntil === undefined ? 0 : Math.max(0, this.#freshUntil - this.#now());
  }

  elapsedMs(): number {
    return this.#now() - this.startedAt;
  }

  #note(
    service: string,
    endpoint: string,
    keys: number,
    { cached, staleKeys, endMs, descriptor }: Pick<LedgerEntry, 'cached' | 'staleKeys' | 'endMs' | 'descriptor'>,
  ): LedgerEntry {
    const entry: LedgerEntry = {
      service,
      endpoint,
      keys,
      // A call that starts after the end of another is assumed to have waited for it. Only a trace knows the dependencies.
      wave: (descriptor && this.trace?.waveOf(descriptor, cached)) ?? this.wave,
      startMs: this.elapsedMs(),
      endMs,
      status: undefined,
      bytes: 0,
      lostBytes: 0,
      attempts: cached ? 0 : 1,
      hedged: false,
      shared: false,
      failure: undefined,
      cached,
      staleKeys,
      descriptor,
      json: undefined,
      trace: this.trace && descriptor && new CallTrace(this.trace, descriptor),
    };
    this.entries.push(entry);
    return entry;
  }
}

/**
 * The Server-Timing header (W3C Server Timing): the duration of the request, and for each service the time during which at least one
 * call was in flight.
 */
export function serverTiming(ledger: Ledger): string {
  let text = `total;dur=${ledger.elapsedMs().toFixed(1)}`;
  const listed = new Set<string>();
  for (const { service, cached } of ledger.entries) {
    if (cached || listed.has(service)) continue;
    listed.add(service);
    text += `, ${service};dur=${busyMs(ledger.entries, service).toFixed(1)}`;
  }
  return text;
}

/** The length of the union of a service's calls. Entries are in the order of their starts. */
function busyMs(entries: readonly LedgerEntry[], ofService: string): number {
  let busy = 0;
  let until = 0;
  for (const { service, cached, startMs, endMs = startMs } of entries) {
    if (cached || service !== ofService) continue;
    busy += Math.max(0, endMs - Math.max(startMs, until));
    until = Math.max(until, endMs);
  }
  return busy;
}
