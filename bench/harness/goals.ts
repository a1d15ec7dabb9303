import {
  APOLLO,
  BARE_EXPRESS,
  CLASSIC,
  type Contender,
  FACET_AS_IT_COMES,
  FACET_OFF,
  FACET_ON,
  FACET_SILENT,
  HAND_WRITTEN,
  MERCURIUS,
} from './contenders.ts';
import type { Measured } from './measure.ts';
import type { ScreenName } from './screens.ts';
import type { Started } from './server.ts';
import { median } from './statistics.ts';

/** A goal: a lower bound for another contender's cost divided by Facet's. */
export interface Goal {
  readonly what: string;
  readonly against: string;
  readonly facet: string;
  readonly ratio: number;
  readonly atLeast: number;
}

const CPU_GOALS: readonly (readonly [ScreenName, Contender, Contender, number])[] = [
  ['Dashboard', HAND_WRITTEN, FACET_OFF, 0.8],
  ['Dashboard', HAND_WRITTEN, FACET_ON, 1.1],
  ['Home', HAND_WRITTEN, FACET_OFF, 0.85],
  ['Home', HAND_WRITTEN, FACET_ON, 1.1],
  ['Dashboard', MERCURIUS, FACET_OFF, 1.3],
  ['Dashboard', MERCURIUS, FACET_ON, 1.8],
  ['Home', MERCURIUS, FACET_OFF, 1],
  ['Home', MERCURIUS, FACET_ON, 1.3],
  ['Dashboard', CLASSIC, FACET_ON, 30],
  ['Dashboard', APOLLO, FACET_OFF, 7],
  ['Dashboard', FACET_SILENT, FACET_AS_IT_COMES, 1 / 1.1],
];
const MEMORY_FACTOR = 1.5;
const BUNDLE_FACTOR = 3;

/** All goals with the measured ratios. */
export function goalsOf(measured: readonly Measured[], started: readonly Started[]): Goal[] {
  return [
    ...CPU_GOALS.map(([screen, other, facet, atLeast]) => ({
      what: `${screen}, CPU`,
      against: other.name,
      facet: facet.name,
      ratio: cpuRatio(pick(measured, other, screen), pick(measured, facet, screen)),
      atLeast,
    })),
    ...screensOf(measured).map((screen) => ({
      what: `${screen}, first answer after start`,
      against: APOLLO.name,
      facet: FACET_ON.name,
      ratio: startOf(started, APOLLO, screen) / startOf(started, FACET_ON, screen),
      atLeast: 1,
    })),
    ...screensOf(measured).map((screen) => ({
      what: `${screen}, first answer after start`,
      against: BARE_EXPRESS.name,
      facet: FACET_ON.name,
      ratio: startOf(started, BARE_EXPRESS, screen) / startOf(started, FACET_ON, screen),
      atLeast: 1 / BUNDLE_FACTOR,
    })),
    ...screensOf(measured).flatMap((screen) =>
      [FACET_OFF, FACET_ON].map((facet) => ({
        what: `${screen}, peak RSS`,
        against: HAND_WRITTEN.name,
        facet: facet.name,
        ratio: pick(measured, HAND_WRITTEN, screen).peakBytes / pick(measured, facet, screen).peakBytes,
        atLeast: 1 / MEMORY_FACTOR,
      })),
    ),
  ];
}

/** The measurement of a contender and a screen. Throws if there is none. */
function pick(measured: readonly Measured[], contender: Contender, screen: ScreenName): Measured {
  const found = measured.find(({ server }) => server.contender === contender && server.screen.name === screen);
  if (!found) throw new Error(`${contender.name} was not measured on ${screen}.`);
  return found;
}

/** The median of the ratios within each round. A machine that is slow for some seconds slows both contenders equally. */
function cpuRatio(other: Measured, facet: Measured): number {
  return median(
    other.cpuMicrosOfRounds.map((micros, round) => micros / (facet.cpuMicrosOfRounds[round] ?? Number.NaN)),
  );
}

const screensOf = (measured: readonly Measured[]) => [...new Set(measured.map(({ server }) => server.screen.name))];

function startOf(started: readonly Started[], contender: Contender, screen: ScreenName): number {
  return started.find((each) => each.contender === contender && each.screen.name === screen)?.startMs ?? Number.NaN;
}
