import type { LedgerEntry } from './ledger.ts';

/** A wave that asked for rows in more batches than their keys need: its fields did not ask in one tick. */
export interface BatchSplit {
  readonly service: string;
  readonly endpoint: string;
  readonly wave: number;
  /** Keys of all its batches. */
  readonly keys: number;
  /** Batches that would have been enough. */
  readonly needed: number;
  /** The batches that there were, in the order of their starts. */
  readonly batches: readonly SplitBatch[];
}

export interface SplitBatch {
  readonly entry: LedgerEntry;
  /** The fields that asked for its rows, by their places without the indexes of lists. */
  readonly fields: readonly string[];
}

/**
 * Where a request's batches were split, by the entries of a ledger that has a trail: without one, nothing is known of it.
 * Batches that the service refused as a whole are cut on purpose, and do not count.
 */
export function batchSplits(entries: readonly LedgerEntry[]): readonly BatchSplit[] {
  const levels = new Map<object, Map<number, [LedgerEntry, ...LedgerEntry[]]>>();
  for (const entry of entries) {
    const wanted = entry.trail?.descriptor;
    if (!wanted?.ids || entry.cached || wanted.isPart) continue;
    const waves = levels.get(wanted.endpoint) ?? new Map<number, [LedgerEntry, ...LedgerEntry[]]>();
    levels.set(wanted.endpoint, waves);
    const level = waves.get(entry.wave);
    if (level) level.push(entry);
    else waves.set(entry.wave, [entry]);
  }
  return [...levels.values()].flatMap((waves) => [...waves.values()].flatMap(splitOf));
}

function splitOf(level: readonly [LedgerEntry, ...LedgerEntry[]]): BatchSplit[] {
  const [{ service, endpoint, wave, trail }] = level;
  const keys = level.reduce((sum, entry) => sum + entry.keys, 0);
  const { ids, maxBatch = 1 } = trail?.descriptor.endpoint ?? {};
  const needed = ids?.many ? Math.ceil(keys / maxBatch) : keys;
  if (level.length <= needed) return [];
  const batches = level.map((entry) => ({ entry, fields: (entry.trail?.fields ?? []).map(({ path }) => path) }));
  return [{ service, endpoint, wave, keys, needed, batches }];
}
