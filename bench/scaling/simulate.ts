import { LRUCache } from 'lru-cache';
import type { Request } from './traffic.ts';

/** Cache settings. Times are milliseconds. */
export interface CacheSettings {
  /** How long a row is fresh: max-age. */
  readonly freshMs: number;
  /** How long after that a row is used while it is refreshed in the background: stale-while-revalidate. */
  readonly staleMs: number;
  /** Maximum number of rows in each process. The least recently used row is evicted. */
  readonly rowsOfProcess: number;
  /** Whether all processes use a shared cache of unlimited size. */
  readonly shared: boolean;
}

/** The contract of products and promotions, in a BFF with its default settings. */
export const CONTRACT = { freshMs: 60_000, staleMs: 30_000 } as const;

/** Maximum number of ids in one call. */
const MAX_BATCH = 100;

export interface Counts {
  requests: number;
  /** Rows found fresh in the process, found stale, or not found there. */
  fresh: number;
  stale: number;
  missed: number;
  /** Requests that waited for the service. */
  waited: number;
  /** Calls to the service, and rows in them. */
  calls: number;
  loaded: number;
  /** Calls to the shared cache, and rows requested from it. */
  sharedCalls: number;
  sharedRows: number;
  /** Missed rows found in the shared cache, fresh or stale. */
  sharedFresh: number;
  sharedStale: number;
}

/**
 * Simulates the caches for a sequence of requests and counts the calls to the service. Calls take no time. Like packages/server/downstream/cache/cached-rows.ts, it
 * fetches missing rows in one call, and refreshes stale rows in a background call. Requests before `countFrom` (milliseconds since the
 * start) only warm up the caches.
 */
export function simulate(requests: Iterable<Request>, settings: CacheSettings, countFrom = 0): Counts {
  const counts = none();
  const unseen = none();
  const levels = new Map<number, Level>();
  const shared: Level | undefined = settings.shared ? new Map() : undefined;
  for (const { at, process, rows } of requests) {
    let own = levels.get(process);
    if (!own) {
      own = new LRUCache({ max: settings.rowsOfProcess });
      levels.set(process, own);
    }
    answer(rows, { at, own, shared, settings, counts: at < countFrom ? unseen : counts });
  }
  return counts;
}

/** A cache level: the time when each row was loaded from the service. */
interface Level {
  get(row: number): number | undefined;
  set(row: number, loadedAt: number): unknown;
}

interface State {
  readonly at: number;
  readonly own: Level;
  readonly shared: Level | undefined;
  readonly settings: CacheSettings;
  readonly counts: Counts;
}

function answer(rows: readonly number[], state: State): void {
  const { at, own, settings, counts } = state;
  const usableMs = settings.freshMs + settings.staleMs;
  const stale: number[] = [];
  const missing: number[] = [];
  for (const row of rows) {
    const age = ageOf(own, row, at);
    if (age >= usableMs) missing.push(row);
    else if (age >= settings.freshMs) stale.push(row);
  }
  counts.requests += 1;
  counts.fresh += rows.length - stale.length - missing.length;
  counts.stale += stale.length;
  counts.missed += missing.length;
  const unknown = withoutShared(missing, usableMs, state);
  if (unknown.length > 0) counts.waited += 1;
  // Stale rows from the shared cache are refreshed in the background too.
  const old = missing.filter((row) => ageOf(own, row, at) >= settings.freshMs && ageOf(own, row, at) < usableMs);
  counts.sharedStale += old.length;
  counts.sharedFresh += missing.length - unknown.length - old.length;
  ask(unknown, state);
  ask([...withoutShared(stale, settings.freshMs, state), ...old], state);
}

/** Copies rows younger than `maxAge` from the shared cache. Returns the other rows. */
function withoutShared(rows: readonly number[], maxAge: number, { at, own, shared, counts }: State): readonly number[] {
  if (!shared || rows.length === 0) return rows;
  counts.sharedCalls += 1;
  counts.sharedRows += rows.length;
  return rows.filter((row) => {
    const age = ageOf(shared, row, at);
    if (age >= maxAge) return true;
    own.set(row, at - age);
    return false;
  });
}

/** Loads rows from the service. */
function ask(rows: readonly number[], { at, own, shared, counts }: State): void {
  counts.calls += Math.ceil(rows.length / MAX_BATCH);
  counts.loaded += rows.length;
  for (const row of rows) {
    own.set(row, at);
    shared?.set(row, at);
  }
}

function ageOf(level: Level, row: number, at: number): number {
  return at - (level.get(row) ?? Number.NEGATIVE_INFINITY);
}

function none(): Counts {
  return {
    requests: 0,
    fresh: 0,
    stale: 0,
    missed: 0,
    waited: 0,
    calls: 0,
    loaded: 0,
    sharedCalls: 0,
    sharedRows: 0,
    sharedFresh: 0,
    sharedStale: 0,
  };
}
