import type { LedgerEntry } from './ledger.ts';

/** A wave that loaded rows in more batches than their keys need, because its fields did not load in one tick. */
export interface BatchSplit {
  readonly service: string;
  readonly endpoint: string;
  readonly wave: number;
  /** Number of keys in all its batches. */
  readonly keys: number;
  /** Number of batches that would have been enough. */
  readonly needed: number;
  /** Its batches, in the order of their starts. */
  readonly batches: readonly SplitBatch[];
}

export interface SplitBatch {
  readonly entry: LedgerEntry;
  /** Paths of the fields that loaded its rows, without list indexes. */
  readonly fields: readonly string[];
}

/**
 * Finds the split batches of a traced request. In an untraced request, the fields of a batch are unknown, and so are splits.
 * Batches that were bisected after a refusal do not count.
 */
export function batchSplits(entries: readonly LedgerEntry[]): readonly BatchSplit[] {
  const byEndpoint = new Map<object, Map<number, [LedgerEntry, ...LedgerEntry[]]>>();
  for (const entry of entries) {
    const descriptor = entry.trace?.descriptor;
    if (!descriptor?.ids || entry.cached || descriptor.isPart) continue;
    const waves = byEndpoint.get(descriptor.endpoint) ?? new Map<number, [LedgerEntry, ...LedgerEntry[]]>();
    byEndpoint.set(descriptor.endpoint, waves);
    const wave = waves.get(entry.wave);
    if (wave) wave.push(entry);
    else waves.set(entry.wave, [entry]);
  }
  return [...byEndpoint.values()].flatMap((waves) => [...waves.values()].flatMap(splitOf));
}

function splitOf(calls: readonly [LedgerEntry, ...LedgerEntry[]]): BatchSplit[] {
  const [{ service, endpoint, wave, trace }] = calls;
  const keys = calls.reduce((sum, entry) => sum + entry.keys, 0);
  const { ids, maxBatch = 1 } = trace?.descriptor.endpoint ?? {};
  const needed = ids?.many ? Math.ceil(keys / maxBatch) : keys;
  if (calls.length <= needed) return [];
  const batches = calls.map((entry) => ({ entry, fields: (entry.trace?.fields ?? []).map(({ path }) => path) }));
  return [{ service, endpoint, wave, keys, needed, batches }];
}
