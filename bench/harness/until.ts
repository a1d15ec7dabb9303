import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 2;

/** Tries again and again until it succeeds; throws the last error once the limit is over. */
export async function until<Result>(attempt: () => Promise<Result>, limitMs: number): Promise<Result> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await delay(PAUSE_MS);
  }
}
