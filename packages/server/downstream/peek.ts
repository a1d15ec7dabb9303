import type { RequestContext } from '../request/context.ts';
import type { Ledger, LedgerEntry } from '../request/ledger.ts';
import type { RequestTrace } from '../request/request-trace.ts';
import type { BatchDescription } from './endpoint.ts';
import type { EntityCache } from './entity-cache.ts';
import type { Row } from './row-shape.ts';
import type { Peek } from './row-source.ts';
import type { Properties } from './sparse.ts';

/**
 * Fresh cached rows of an endpoint for one operation, returned synchronously: a promise and a batch for each of fifty rows
 * cost more than the rows do. All of them are one entry of the ledger; with a trail, one entry per wave.
 */
export function peekFresh(
  cache: EntityCache,
  endpoint: BatchDescription,
  properties: Properties,
  { ledger }: RequestContext,
): Peek {
  const lookups = cache.lookupsOf(endpoint);
  const note = ledger.trail ? noteByWave(endpoint, ledger, ledger.trail) : noteTogether(endpoint, ledger);
  return (key) => {
    const kept = cache.find<Row>(endpoint, key, properties);
    // The batch decides what happens to rows that are not fresh.
    if (!kept?.isFresh()) return undefined;
    lookups.fresh += 1;
    note(key);
    ledger.keepAtMost(kept.freshMs());
    return kept.value;
  };
}

/** The trail changes only what is noted, never what is loaded. */
function noteTogether({ service, name }: BatchDescription, ledger: Ledger): (key: string) => void {
  let look: LedgerEntry | undefined;
  return () => {
    if (look) look.keys += 1;
    else look = ledger.hit(service, name, 1, 0);
  };
}

function noteByWave(endpoint: BatchDescription, ledger: Ledger, trail: RequestTrace): (key: string) => void {
  const looks = new Map<number | undefined, { readonly entry: LedgerEntry; readonly ids: string[] }>();
  return (key) => {
    const wave = trail.waveOf({ endpoint, ids: [key] }, true);
    const look = looks.get(wave);
    if (look) {
      look.entry.keys += 1;
      look.ids.push(key);
      return;
    }
    const ids = [key];
    looks.set(wave, { entry: ledger.hit(endpoint.service, endpoint.name, 1, 0, { endpoint, ids }), ids });
  };
}
