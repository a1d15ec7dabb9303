/** One downstream call as it went. Times are milliseconds since the start of the request. */
export interface LedgerEntry {
  readonly service: string;
  readonly endpoint: string;
  /** Rows asked for by key; 0 for a list. */
  readonly keys: number;
  /** 1 for calls that waited for no other, 2 for those that needed an answer of the first wave, and so on. */
  readonly wave: number;
  readonly startMs: number;
  endMs: number | undefined;
  /** HTTP status, where an answer came. */
  status: number | undefined;
  /** Size of the answer's body. */
  bytes: number;
}

/** What one request asked of which service, and how that went. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  begin(service: string, endpoint: string, keys: number): LedgerEntry;
  end(entry: LedgerEntry): void;
  /** Milliseconds since the start of the request. */
  elapsedMs(): number;
}

export function createLedger(now: () => number = () => performance.now()): Ledger {
  const startedAt = now();
  const entries: LedgerEntry[] = [];
  let wavesEnded = 0;
  return {
    entries,
    begin(service, endpoint, keys) {
      const entry: LedgerEntry = {
        service,
        endpoint,
        keys,
        // Whoever starts after a wave has begun to end started because of it: all calls of a wave start in one tick.
        wave: wavesEnded + 1,
        startMs: now() - startedAt,
        endMs: undefined,
        status: undefined,
        bytes: 0,
      };
      entries.push(entry);
      return entry;
    },
    end(entry) {
      entry.endMs = now() - startedAt;
      wavesEnded = Math.max(wavesEnded, entry.wave);
    },
    elapsedMs: () => now() - startedAt,
  };
}

/**
 * The Server-Timing header (W3C Server Timing): the whole request, and per service how long at least one call to it
 * was under way.
 */
export function serverTiming(ledger: Ledger): string {
  const total = `total;dur=${ledger.elapsedMs().toFixed(1)}`;
  const services = Map.groupBy(ledger.entries, (entry) => entry.service);
  return [total, ...Array.from(services, ([name, entries]) => `${name};dur=${busyMs(entries).toFixed(1)}`)].join(', ');
}

/** The length of the union of the entries' times; entries come in the order of their starts. */
function busyMs(entries: readonly LedgerEntry[]): number {
  let busy = 0;
  let until = 0;
  for (const { startMs, endMs = startMs } of entries) {
    busy += Math.max(0, endMs - Math.max(startMs, until));
    until = Math.max(until, endMs);
  }
  return busy;
}
