import type { ExplainedCall } from '@facet/server/internal/http/sandbox/protocol.ts';
import { counted } from '../figures.ts';

const CANCELLED: ReadonlySet<string | null> = new Set(['SERVICE_TIMEOUT', 'DEADLINE_EXCEEDED']);

/** Whether the BFF stopped waiting for the call. */
export const isCancelled = ({ failure, endMs }: ExplainedCall): boolean => CANCELLED.has(failure) || endMs === null;

const REASONS: Readonly<Record<string, string>> = {
  SERVICE_TIMEOUT: 'timed out',
  DEADLINE_EXCEEDED: 'past the deadline',
  SERVICE_UNAVAILABLE: 'unavailable',
  SERVICE_REJECTED: 'rejected',
  SERVICE_BAD_RESPONSE: 'invalid response',
};

interface Badge {
  readonly text: string;
  readonly tone?: 'warns' | 'failed';
}

/** Labels for the special circumstances of a call: caching, retries, hedging, failures. */
export function badgesOf(call: ExplainedCall): Badge[] {
  const { cached, staleKeys, shared, attempts, hedged, failure, split } = call;
  return [
    ...(cached ? [{ text: 'cached' }] : []),
    ...(staleKeys > 0 ? [{ text: staleKeys >= call.keys ? 'stale' : `${staleKeys} stale` }] : []),
    ...(shared ? [{ text: 'shared' }] : []),
    ...(attempts > 1 ? [{ text: counted(attempts - 1, 'retry', 'retries') }] : []),
    ...(hedged ? [{ text: 'hedged' }] : []),
    ...(split ? [{ text: `split: ${split.calls} calls for ${split.needed}`, tone: 'warns' } as const] : []),
    ...(isCancelled(call) ? [{ text: 'cancelled', tone: 'failed' } as const] : []),
    ...(failure === null ? [] : [{ text: REASONS[failure] ?? failure, tone: 'failed' } as const]),
  ];
}
