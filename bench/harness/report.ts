import { readFileSync } from 'node:fs';
import { table } from '@facet/cli/internal/table.ts';
import type { Contender } from './contenders.ts';
import type { Goal } from './goals.ts';
import { describeMachine } from './machine.ts';
import type { Effort, Measured } from './measure.ts';
import { ROOT } from './root.ts';
import type { Screen } from './screens.ts';
import type { Sized } from './sizes.ts';
import type { Started } from './start.ts';
import { goalTable, screenTable, sizeTable, startTable } from './tables.ts';

export interface Results {
  readonly contenders: readonly Contender[];
  readonly screens: readonly Screen[];
  readonly effort: Effort;
  readonly measured: readonly Measured[];
  readonly goals: readonly Goal[];
  readonly sized: readonly Sized[];
  readonly started: readonly Started[];
}

/** The whole report, in Markdown. */
export function report({ contenders, screens, effort, measured, goals, sized, started }: Results): string {
  return `# The benchmark's report

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. What is measured, and
how, is in [README.md](README.md). All contenders answered the same JSON before anything was measured.

![Screens a second of server CPU](chart.svg)

${screens.map(({ name }) => `## ${name}\n\n${screenTable(measured, name)}\n`).join('\n')}
Medians of ${effort.rounds} interleaved rounds, with the middle half of them. CPU is user and system time of all the server's threads.

## The figures to reach

The other's cost divided by Facet's, within this run; of CPU, the median of all rounds' ratios.

${goalTable(goals)}

## Dashboard: cost against size

Server CPU microseconds per request, by orders (one item each) and distinct products in them.

${sizeTable(sized)}

## Start

From spawning the process to its first answered screen, and resident memory a moment later; medians.

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
