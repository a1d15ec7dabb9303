import { LRUCache } from 'lru-cache';
import type { Logger } from '../../telemetry/log.ts';

/** Kinds that are counted apart; those that came longest ago are forgotten. */
const MAX_KINDS = 1_000;

/**
 * Logs a warning of what anybody can bring about as often as they like: the first, tenth, hundredth time, and so on, of each kind.
 */
export function tellNowAndThen(
  log: Logger,
  message: string,
): (kind: Readonly<Record<string, string | undefined>>) => void {
  const counts = new LRUCache<string, number>({ max: MAX_KINDS });
  return (kind) => {
    const key = JSON.stringify(kind);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (/^10*$/.test(String(count))) log.warn({ ...kind, count }, message);
  };
}
