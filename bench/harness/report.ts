import { readFileSync } from 'node:fs';
import { table } from '@facet/cli/internal/table.ts';
import type { Contender } from './contenders.ts';
import type { Goal } from './goals.ts';
import { describeMachine, ROOT } from './machine.ts';
import type { Effort, Measured, Sized } from './measure.ts';
import type { Screen, ScreenName } from './screens.ts';
import type { Started } from './server.ts';
import { quantile } from './statistics.ts';

export interface Results {
  readonly contenders: readonly Contender[];
  readonly screens: readonly Screen[];
  readonly effort: Effort;
  readonly measured: readonly Measured[];
  readonly goals: readonly Goal[];
  readonly sized: readonly Sized[];
  readonly started: readonly Started[];
}

/** The report in Markdown. */
export function report({ contenders, screens, effort, measured, goals, sized, started }: Results): string {
  return `# The benchmark's report

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. What is measured, and
how, is in [README.md](README.md). All contenders answered the same JSON before anything was measured.

![Screens per second of server CPU](chart.svg)

${screens.map(({ name }) => `## ${name}\n\n${screenTable(measured, name)}\n`).join('\n')}
Medians of ${effort.rounds} interleaved rounds, with the middle half of them. CPU is user and system time of all the server's threads.

## Goals

Each ratio is the other contender's cost divided by Facet's in this run. For CPU, it is the median of the ratios within the rounds.

${goalTable(goals)}

## Dashboard: cost against size

Server CPU microseconds per request, by orders (one item each) and distinct products in them.

${sizeTable(sized)}

## Start

Time from spawning the process to its first response, and resident memory shortly after; medians.

${startTable(started)}

## Contenders

${table(
  ['contender', 'made of', 'versions'],
  contenders.map(({ name, made, packages }) => [name, made, packages.map(version).join(', ')]),
)}
`;
}

function version(name: string): string {
  const text = readFileSync(`${ROOT}bench/node_modules/${name}/package.json`, 'utf8');
  return `${name} ${(JSON.parse(text) as { version: string }).version}`;
}

const MEGABYTE = 1024 * 1024;

/** The main table: the cost of one screen for each contender. */
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

/** Server CPU per request in microseconds, with a row per size. */
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
