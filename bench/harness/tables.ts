import { table } from '@facet/cli/internal/table.ts';
import type { Goal } from './goals.ts';
import type { Measured } from './measure.ts';
import type { ScreenName } from './screens.ts';
import type { Sized } from './sizes.ts';
import type { Started } from './start.ts';
import { quantile } from './statistics.ts';

const MEGABYTE = 1024 * 1024;

/** The headline: what each contender spends on one screen. */
export function screenTable(measured: readonly Measured[], screen: ScreenName): string {
  return table(
    ['contender', 'CPU µs/request', 'middle half', 'requests/s', 'p50 ms', 'p99 ms', 'peak RSS MB', 'upstream calls'],
    measured
      .filter(({ server }) => server.screen.name === screen)
      .toSorted((left, right) => left.cpuMicros - right.cpuMicros)
      .map((each) => [
        each.server.contender.name,
        whole(each.cpuMicros),
        `${whole(quantile(each.cpuMicrosOfRounds, 0.25))} to ${whole(quantile(each.cpuMicrosOfRounds, 0.75))}`,
        whole(each.requestsASecond),
        each.p50Ms.toFixed(1),
        each.p99Ms.toFixed(1),
        whole(each.peakBytes / MEGABYTE),
        each.callsARequest.toFixed(1),
      ]),
  );
}

export function goalTable(goals: readonly Goal[]): string {
  return table(
    ['figure', 'against', 'Facet', 'ratio', 'at least', ''],
    goals.map(({ what, against, facet, ratio, atLeast }) => [
      what,
      against,
      facet,
      `${ratio.toFixed(2)}x`,
      `${atLeast.toFixed(2)}x`,
      ratio >= atLeast ? 'pass' : 'short',
    ]),
  );
}

/** Server CPU per request in microseconds, a row for each size. */
export function sizeTable(sized: readonly Sized[]): string {
  const names = sized[0]?.measured.map(({ server }) => server.contender.name) ?? [];
  return table(
    ['orders', 'products', ...names],
    sized.map(({ size, measured }) => [
      String(size.orders),
      String(size.products),
      ...measured.map(({ cpuMicros }) => whole(cpuMicros)),
    ]),
  );
}

export function startTable(started: readonly Started[]): string {
  return table(
    ['contender', 'screen', 'first answer ms', 'idle RSS MB'],
    started.map(({ contender, screen, startMs, idleBytes }) => [
      contender.name,
      screen.name,
      whole(startMs),
      whole(idleBytes / MEGABYTE),
    ]),
  );
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
