import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { clientOf } from '../../telemetry/client-versions.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { GraphQLParams } from '../input/params.ts';

/** What becomes of an operation that is not registered: it is run, run and told of, or refused. */
export const DOCUMENT_MODES = ['open', 'warn', 'locked'] as const;
export type DocumentMode = (typeof DOCUMENT_MODES)[number];

/** Whose ad-hoc operations are counted, and how often they came. */
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

/** Clients and operations that are counted apart; those that came longest ago are forgotten. */
const MAX_USES = 1_000;
const MAX_NAME = 100;
/** GraphQL's names (specification, section 2.1.9). */
const NAME = /^[_A-Za-z]\w*$/;

/**
 * Counts ad-hoc operations by the client's name and version, as Apollo's headers tell them, and by operation. The first, tenth, hundredth,
 * and so on, is logged.
 */
export function countAdHoc(log: Logger): AdHocCounter {
  const uses = new LRUCache<string, AdHocUse>({ max: MAX_USES });
  return {
    note(request, { query = '', operationName = '' }) {
      const { name: clientName, version: clientVersion } = clientOf(request.headers);
      // What is no name in its text may be anything. Cut first: to look a long name up takes time in proportion to both lengths.
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
