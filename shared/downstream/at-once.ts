import type { RequestContext } from '../request/context.ts';
import type { LedgerEntry } from '../request/ledger.ts';
import type { BatchDescription } from './endpoint.ts';
import type { EntityCache } from './entity-cache.ts';
import type { Row } from './row-shape.ts';
import type { AtOnce } from './row-source.ts';
import type { Properties } from './sparse.ts';

/**
 * Rows of an endpoint for one operation, as far as they need no waiting: a promise and a batch for each of fifty rows cost more than
 * the rows do. All that are found are one look in the ledger.
 */
export function keptAtOnce(
  cache: EntityCache,
  endpoint: BatchDescription,
  properties: Properties,
  { ledger }: RequestContext,
): AtOnce {
  const lookups = cache.lookupsOf(endpoint);
  let look: LedgerEntry | undefined;
  return (key) => {
    const kept = cache.find<Row>(endpoint, key, properties);
    // Of others it is the batch's to say what becomes of them.
    if (!kept?.isFresh()) return undefined;
    lookups.fresh += 1;
    if (look) look.keys += 1;
    else look = ledger.hit(endpoint.service, endpoint.name, 1, 0);
    ledger.keepAtMost(kept.freshMs());
    return kept.value;
  };
}
