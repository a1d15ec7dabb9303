import { LRUCache } from 'lru-cache';
import type { Logger } from './log.ts';

/** Kinds that are counted separately; the least recently used are forgotten. */
const MAX_KINDS = 1_000;

/**
 * Logs events that callers can trigger as often as they like: the 1st, 10th, 100th … event of each kind. `details` are logged too and do
 * not distinguish kinds.
 */
export function sampledLog(
  log: Logger,
  message: string,
  level: 'warn' | 'error' = 'warn',
): (kind: Readonly<Record<string, string | undefined>>, details?: Readonly<Record<string, unknown>>) => void {
  const counts = new LRUCache<string, number>({ max: MAX_KINDS });
  return (kind, details = {}) => {
    const key = JSON.stringify(kind);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (/^10*$/.test(String(count))) log[level]({ ...kind, ...details, count }, message);
  };
}
