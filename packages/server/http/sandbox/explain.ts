import { GraphQLError } from 'graphql';
import { type BatchSplit, batchSplits } from '../../request/batch-splits.ts';
import type { RequestContext } from '../../request/context.ts';
import type { LedgerEntry } from '../../request/ledger.ts';
import type { Estimate, Written } from './estimate.ts';
import type { Bound, ExplainedCall, Explanation } from './protocol.ts';

/** Most calls in an explanation; the rest is counted. */
const MAX_CALLS = 300;

/** The operation of a request: its text, if it was sent or is registered, and the name of the screen. */
export interface Asked extends Omit<Written, 'query'> {
  readonly query: string | undefined;
  readonly screen: string | undefined;
}

/** Explains what a request did, for the sandbox. */
export function explain(
  { ledger, deadline, drills = [] }: RequestContext,
  { screen, ...written }: Asked,
  estimate: Estimate,
): Explanation {
  const { entries } = ledger;
  const totalMs = ledger.elapsedMs();
  const splits = splitsByCall(entries);
  return {
    screen: screen ?? null,
    totalMs: rounded(totalMs),
    deadlineMs: Math.round(totalMs + deadline.remainingMs()),
    waves: entries.reduce((most, { wave, cached }) => (cached ? most : Math.max(most, wave)), 0),
    calls: entries.slice(0, MAX_CALLS).map((entry) => toCall(entry, splits.get(entry))),
    leftOut: Math.max(0, entries.length - MAX_CALLS),
    bound: boundOf(written, estimate),
    drills,
  };
}

/** Null for an invalid operation, and if only a hash was sent. */
function boundOf({ query, ...written }: Omit<Asked, 'screen'>, estimate: Estimate): Bound | null {
  if (query === undefined) return null;
  try {
    return estimate({ query, ...written });
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

function splitsByCall(entries: readonly LedgerEntry[]): ReadonlyMap<LedgerEntry, BatchSplit> {
  return new Map(batchSplits(entries).flatMap((split) => split.batches.map(({ entry }) => [entry, split])));
}

function toCall(entry: LedgerEntry, split: BatchSplit | undefined): ExplainedCall {
  const { service, endpoint, keys, wave, startMs, endMs, status, bytes, attempts, failure, trace } = entry;
  const { hedged, shared, cached, staleKeys } = entry;
  return {
    ...{ service, endpoint, keys, wave, bytes, attempts, hedged, shared, cached, staleKeys },
    startMs: rounded(startMs),
    endMs: endMs === undefined ? null : rounded(endMs),
    status: status ?? null,
    failure: failure ?? null,
    fields: (trace?.fields ?? []).map(({ path }) => path),
    split: split ? { calls: split.batches.length, needed: split.needed } : null,
  };
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
