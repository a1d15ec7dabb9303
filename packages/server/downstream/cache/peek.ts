import type { RequestContext } from '../../request/context.ts';
import type { Ledger, LedgerEntry } from '../../request/ledger.ts';
import type { RequestTrace } from '../../request/request-trace.ts';
import type { Peek } from '../batching/row-source.ts';
import type { BatchDescription } from '../endpoint.ts';
import type { Row } from '../row-shape.ts';
import type { Properties } from '../sparse.ts';
import type { EntityCache } from './entity-cache.ts';

/**
 * Returns fresh cached rows of an endpoint synchronously, for one operation: a promise and a batch for each of fifty rows cost
 * more than the rows. All of them are one entry of the ledger, or one per wave in a traced request.
 */
export function peekFresh(
  cache: EntityCache,
  endpoint: BatchDescription,
  properties: Properties,
  { ledger }: RequestContext,
): Peek {
  const lookups = cache.lookupsOf(endpoint);
  const record = ledger.trace ? recordByWave(endpoint, ledger, ledger.trace) : recordTogether(endpoint, ledger);
  return (key) => {
    const entry = cache.find<Row>(endpoint, key, properties);
    // Rows that are not fresh are left to the batch.
    if (!entry?.isFresh()) return undefined;
    lookups.fresh += 1;
    record(key);
    ledger.limitFreshness(entry.freshMs());
    return entry.value;
  };
}

function recordTogether({ service, name }: BatchDescription, ledger: Ledger): (key: string) => void {
  let hit: LedgerEntry | undefined;
  return () => {
    if (hit) hit.keys += 1;
    else hit = ledger.hit(service, name, 1, 0);
  };
}

/** A trace only changes what is recorded, never what is loaded. */
function recordByWave(endpoint: BatchDescription, ledger: Ledger, trace: RequestTrace): (key: string) => void {
  const hits = new Map<number | undefined, { readonly entry: LedgerEntry; readonly ids: string[] }>();
  return (key) => {
    const wave = trace.waveOf({ endpoint, ids: [key] }, true);
    const hit = hits.get(wave);
    if (hit) {
      hit.entry.keys += 1;
      hit.ids.push(key);
      return;
    }
    const ids = [key];
    hits.set(wave, { entry: ledger.hit(endpoint.service, endpoint.name, 1, 0, { endpoint, ids }), ids });
  };
}
