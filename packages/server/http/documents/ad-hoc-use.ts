import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { clientOf } from '../../telemetry/client-versions.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { GraphQLParams } from '../input/params.ts';

/** Operations that are not registered run (open), run and are logged (warn), or are rejected (locked). */
export const DOCUMENT_MODES = ['open', 'warn', 'locked'] as const;
export type DocumentMode = (typeof DOCUMENT_MODES)[number];

/** How often a client sent an ad-hoc operation. */
export interface AdHocUse {
  readonly clientName: string;
  readonly clientVersion: string;
  readonly operationName: string;
  readonly count: number;
}

export interface AdHocCounter {
  note(request: IncomingMessage, params: GraphQLParams): void;
  readonly uses: readonly AdHocUse[];
}

/** Most combinations of client and operation that are counted; the least recent ones are dropped. */
const MAX_USES = 1_000;
const MAX_NAME = 100;
/** GraphQL's names (specification, section 2.1.9). */
const NAME = /^[_A-Za-z]\w*$/;

/**
 * Counts ad-hoc operations by the client's name and version (from Apollo's headers) and by operation. The 1st, 10th, 100th … of each is
 * logged.
 */
export function countAdHoc(log: Logger): AdHocCounter {
  const uses = new LRUCache<string, AdHocUse>({ max: MAX_USES });
  return {
    note(request, { query = '', operationName = '' }) {
      const { name: clientName, version: clientVersion } = clientOf(request.headers);
      // A name that is not in the document may be any text. It is truncated first, because searching for a long name is slow.
      const named = operationName.slice(0, MAX_NAME);
      const isNamed = NAME.test(named) && query.includes(named);
      const who = { clientName, clientVersion, operationName: isNamed ? named : '' };
      const key = JSON.stringify(who);
      const use = { ...who, count: (uses.get(key)?.count ?? 0) + 1 };
      uses.set(key, use);
      if (/^10*$/.test(String(use.count))) log.warn(use, 'operation that is not registered');
    },
    get uses() {
      return [...uses.values()];
    },
  };
}
