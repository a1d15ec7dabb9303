import { LRUCache } from 'lru-cache';
import type { Request } from './traffic.ts';

/** How rows are kept. Times are milliseconds. */
export interface Keeping {
  /** A row is used without more ado for so long: max-age. */
  readonly freshMs: number;
  /** For so long after that it is used while it is fetched anew in the background: stale-while-revalidate. */
  readonly staleMs: number;
  /** Most rows in each process; the least recently used gives way. */
  readonly rowsOfProcess: number;
  /** Whether there is a second level that all processes share, with room for everything. */
  readonly shared: boolean;
}

/** The contract of products and promotions, in a BFF with its default settings. */
export const CONTRACT = { freshMs: 60_000, staleMs: 30_000 } as const;

/** Most ids in one call. */
const MAX_BATCH = 100;

export interface Counts {
  requests: number;
  /** Rows that were found fresh in the process, found stale and used, or not found there. */
  fresh: number;
  stale: number;
  missed: number;
  /** Requests for which the service was asked before they could be answered. */
  waited: number;
  /** Calls of the service, and rows in them. */
  calls: number;
  loaded: number;
  /** Calls of the shared level, and rows that it was asked for. */
  sharedCalls: number;
  sharedRows: number;
  /** Of the missed ones, those that the shared level had, fresh or stale. */
  sharedFresh: number;
  sharedStale: number;
}

/**
 * What caches have to ask of a service for these requests, in which a call takes no time. It does what
 * packages/server/downstream/cache/cached-rows.ts does: rows that are not there in one call, stale ones in another that nobody waits for. Only
 * requests from `countFrom` on are counted, in milliseconds since the start: before that, caches fill.
 */
export function simulate(requests: Iterable<Request>, keeping: Keeping, countFrom = 0): Counts {
  const counts = none();
  const unseen = none();
  const levels = new Map<number, Level>();
  const shared: Level | undefined = keeping.shared ? new Map() : undefined;
  for (const { at, process, rows } of requests) {
    let own = levels.get(process);
    if (!own) {
      own = new LRUCache({ max: keeping.rowsOfProcess });
      levels.set(process, own);
    }
    answer(rows, { at, own, shared, keeping, counts: at < countFrom ? unseen : counts });
  }
  return counts;
}

/** When each row that is kept was loaded from the service. */
interface Level {
  get(row: number): number | undefined;
  set(row: number, loadedAt: number): unknown;
}

interface State {
  readonly at: number;
  readonly own: Level;
  readonly shared: Level | undefined;
  readonly keeping: Keeping;
  readonly counts: Counts;
}

function answer(rows: readonly number[], state: State): void {
  const { at, own, keeping, counts } = state;
  const usableMs = keeping.freshMs + keeping.staleMs;
  const stale: number[] = [];
  const missing: number[] = [];
  for (const row of rows) {
    const age = ageOf(own, row, at);
    if (age >= usableMs) missing.push(row);
    else if (age >= keeping.freshMs) stale.push(row);
  }
  counts.requests += 1;
  counts.fresh += rows.length - stale.length - missing.length;
  counts.stale += stale.length;
  counts.missed += missing.length;
  const unknown = withoutShared(missing, usableMs, state);
  if (unknown.length > 0) counts.waited += 1;
  // What came out of the shared level past its freshness is fetched anew in the background, as what is stale here.
  const old = missing.filter((row) => ageOf(own, row, at) >= keeping.freshMs && ageOf(own, row, at) < usableMs);
  counts.sharedStale += old.length;
  counts.sharedFresh += missing.length - unknown.length - old.length;
  ask(unknown, state);
  ask([...withoutShared(stale, keeping.freshMs, state), ...old], state);
}

/** Takes rows that are younger than that out of the shared level; answers those that are not. */
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

/** Asks the service. */
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
