import { CallTrace } from './call-trace.ts';
import type { ErrorCode } from './errors.ts';
import { type CallDescriptor, RequestTrace } from './request-trace.ts';

/** How a call went, as far as it got. */
export interface CallRecord {
  /** HTTP status, where an answer came. */
  status: number | undefined;
  /** Size of the bodies that came, of all attempts together. */
  bytes: number;
  /** Bytes of them that held no rows: of attempts that failed, or came second, and of a 404. */
  lostBytes: number;
  /** How often it was sent; more than once where it was retried. */
  attempts: number;
  /** It was sent a second time beside the first, which took long. */
  hedged: boolean;
  /** Another request had the same call under way, and its answer was this one's too. */
  shared: boolean;
  /** What else is kept of it, where somebody looks at the request. */
  readonly trail?: CallTrace | undefined;
}

/** One downstream call, or one look into the entity cache. Times are milliseconds since the start of the request. */
export interface LedgerEntry extends CallRecord {
  readonly service: string;
  readonly endpoint: string;
  /** Rows asked for by key; 0 for a list. */
  keys: number;
  /** 1 for calls that waited for no other, 2 for those that needed an answer of the first wave, and so on; without a trail by time. */
  readonly wave: number;
  readonly startMs: number;
  endMs: number | undefined;
  /** The code of the error that it ended with. */
  failure: ErrorCode | undefined;
  /** The entity cache had all of these rows, and nothing was asked. */
  readonly cached: boolean;
  /** Rows of them that were past their freshness. */
  readonly staleKeys: number;
  /** Of a look into the cache, only where there is a trail. */
  readonly wanted: CallDescriptor | undefined;
  /** The parsed answer, where one came. */
  json: unknown;
}

/** A part of the answer that is made of what was kept, since its service failed. */
export interface StalePart {
  readonly path: readonly (string | number)[];
  /** Since the service gave it out. */
  readonly ageMs: number;
}

/** The operation that a request asks for, as far as its figures go. */
export interface RunOperation {
  readonly name: string | undefined;
  /** Whether it is one of the client's own: its name is then that of its screen. */
  readonly isRegistered: boolean;
  /** The fields that it asks for, by `Type.field`. */
  readonly fields: ReadonlySet<string>;
}

/** What one request asked of which service, and how that went. */
export interface Ledger {
  /** What was run, from when that is known. */
  operation: RunOperation | undefined;
  readonly entries: readonly LedgerEntry[];
  /** Where its times begin, by performance.now. */
  readonly startedAt: number;
  /** What else is kept of the request, where somebody looks at it; undefined for nearly all requests. */
  readonly trail: RequestTrace | undefined;
  /** Ledgers of what was done in the background because of this request; none are kept where nobody looks at it. */
  readonly backgrounds: readonly Ledger[];
  /** A new one of those. */
  openBackground(): Ledger;
  begin(service: string, endpoint: string, keys: number, wanted?: CallDescriptor): LedgerEntry;
  end(entry: LedgerEntry): void;
  /** The wave of a call that would begin now. */
  readonly wave: number;
  /** Runs what begins calls that belong to an earlier wave: they were held up by something that is no call. */
  inWave<T>(wave: number, begin: () => T): T;
  /** Notes rows, or one list where `keys` is 0, that the entity cache had. More of the same look can be added to `keys`. */
  hit(service: string, endpoint: string, keys: number, staleKeys: number, wanted?: CallDescriptor): LedgerEntry;
  /** Notes a row or list that is used past its time, since its service failed. */
  markStale(value: object, ageMs: number): void;
  /** How old it is, where it was noted as such. */
  staleAgeMs(value: object): number | undefined;
  /** Where the answer is made of those. */
  readonly staleParts: StalePart[];
  /** The Set-Cookie headers of the services' answers, in the order in which they came. */
  readonly cookies: string[];
  /** Part of the answer may be kept by others for this long from now on; 0 where it is for this caller alone. */
  keepAtMost(milliseconds: number): void;
  /** Milliseconds for which the answer may be kept by anybody: the shortest of its parts'; 0 where nothing said so. */
  freshMs(): number;
  /** Milliseconds since the start of the request. */
  elapsedMs(): number;
}

/** Time is read from `now`, in milliseconds. With a trail, more is kept of each call. */
export function createLedger(now: () => number = () => performance.now(), trail?: RequestTrace): Ledger {
  return new RequestLedger(now, trail);
}

class RequestLedger implements Ledger {
  operation: RunOperation | undefined = undefined;
  readonly entries: LedgerEntry[] = [];
  readonly startedAt: number;
  readonly trail: RequestTrace | undefined;
  readonly #now: () => number;
  readonly staleParts: StalePart[] = [];
  readonly cookies: string[] = [];
  readonly backgrounds: Ledger[] = [];
  #stale: Map<object, number> | undefined;
  #wavesEnded = 0;
  #heldUp: number | undefined;
  #freshUntil: number | undefined;

  constructor(now: () => number, trail: RequestTrace | undefined) {
    this.trail = trail;
    this.#now = now;
    this.startedAt = now();
  }

  openBackground(): Ledger {
    if (!this.trail) return new RequestLedger(this.#now, undefined);
    const background = new RequestLedger(this.#now, new RequestTrace(this.trail.traceId, this.trail));
    this.backgrounds.push(background);
    return background;
  }

  begin(service: string, endpoint: string, keys: number, wanted?: CallDescriptor): LedgerEntry {
    this.trail?.begin();
    return this.#note(service, endpoint, keys, { cached: false, staleKeys: 0, endMs: undefined, wanted });
  }

  get wave(): number {
    return this.#heldUp ?? this.#wavesEnded + 1;
  }

  inWave<T>(wave: number, begin: () => T): T {
    this.#heldUp = wave;
    try {
      return begin();
    } finally {
      this.#heldUp = undefined;
    }
  }

  end(entry: LedgerEntry): void {
    entry.endMs = this.elapsedMs();
    this.#wavesEnded = Math.max(this.#wavesEnded, entry.wave);
    this.trail?.end();
  }

  hit(service: string, endpoint: string, keys: number, staleKeys: number, wanted?: CallDescriptor): LedgerEntry {
    // It ends no wave: what depends on it starts as if there had been nothing to wait for, and so it was.
    return this.#note(service, endpoint, keys, { cached: true, staleKeys, endMs: this.elapsedMs(), wanted });
  }

  markStale(value: object, ageMs: number): void {
    this.#stale ??= new Map();
    this.#stale.set(value, ageMs);
  }

  staleAgeMs(value: object): number | undefined {
    return this.#stale?.get(value);
  }

  keepAtMost(milliseconds: number): void {
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
    { cached, staleKeys, endMs, wanted }: Pick<LedgerEntry, 'cached' | 'staleKeys' | 'endMs' | 'wanted'>,
  ): LedgerEntry {
    const entry: LedgerEntry = {
      service,
      endpoint,
      keys,
      // Whoever starts after a wave has begun to end is taken to have waited for it. Only a trail knows better.
      wave: (wanted && this.trail?.waveOf(wanted, cached)) ?? this.wave,
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
      wanted,
      json: undefined,
      trail: this.trail && wanted && new CallTrace(this.trail, wanted),
    };
    this.entries.push(entry);
    return entry;
  }
}

/**
 * The Server-Timing header (W3C Server Timing): the whole request, and per service how long at least one call to it
 * was under way.
 */
export function serverTiming(ledger: Ledger): string {
  let text = `total;dur=${ledger.elapsedMs().toFixed(1)}`;
  const told = new Set<string>();
  for (const { service, cached } of ledger.entries) {
    if (cached || told.has(service)) continue;
    told.add(service);
    text += `, ${service};dur=${busyMs(ledger.entries, service).toFixed(1)}`;
  }
  return text;
}

/** The length of the union of a service's calls; entries come in the order of their starts. */
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
