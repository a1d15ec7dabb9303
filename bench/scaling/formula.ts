import type { Zipf } from './zipf.ts';

/**
 * Rows a second that one cache with room for everything has to load, when it is asked for `perSecond` rows at random moments. A
 * row that is wanted l times a second is loaded, is fresh for T, and is loaded again when it is wanted next, 1 / l later on average:
 * l / (1 + l T) times a second. Whether somebody waits for that (stale-while-revalidate) makes no difference to how often it is.
 *
 * Processes that share a level load as one cache does: a row's copies all have the age of the original, so that all are past
 * their freshness at once, and the first who wants it then loads it for all.
 */
export function loadsPerSecond(zipf: Zipf, perSecond: number, freshMs: number): number {
  let loads = 0;
  for (let rank = 0; rank < zipf.count; rank += 1) {
    const wanted = zipf.shareOf(rank) * perSecond;
    loads += wanted / (1 + (wanted * freshMs) / 1_000);
  }
  return loads;
}
