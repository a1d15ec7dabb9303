import { table } from '@facet/cli/internal/table.ts';
import { describeMachine } from '../harness/machine.ts';
import { whole } from '../harness/report.ts';
import { goodput, latency, lengthMs, perSecond, type Stretch } from './figures.ts';
import { type Goal, goalsOf, worstGoodput } from './goals.ts';
import { type Soaked, settled } from './soak.ts';

const MEGABYTE = 1024 * 1024;

/** The report in Markdown. */
export function report(soaked: Soaked): string {
  const { peak, overload, heap } = soaked;
  const { slices, cpu } = overload;
  const bytes = heap.map(({ usedBytes }) => usedBytes);
  const sentLateMs = Math.max(...slices.map((slice) => slice.sentLateMs));
  return `# Soak test report

Written by \`npm run soak\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. [README.md](README.md) describes the
procedure and the terms.

![Requests per second, latency and heap over time](chart.svg)

## Goals

${goalTable(goalsOf(soaked))}

The peak is ${whole(peak.goodput)} good responses per second, of which ${whole(peak.whole)} are complete. During ${whole(lengthMs(slices) / 1_000)} s at twice the peak, the lowest
goodput of any ten seconds was ${((worstGoodput(slices) / peak.goodput) * 100).toFixed(1)}% of the peak. Requests were refused within ${whole(latency(slices, 0.5, 'refusedMs'))} ms (p50) and ${whole(latency(slices, 0.99, 'refusedMs'))} ms (p99). The heap after garbage
collection was ${whole(Math.min(...bytes) / MEGABYTE)} to ${whole(Math.max(...bytes) / MEGABYTE)} MB in ${heap.length} measurements.

During the overload, the load generator used ${cpu.mean.load.toFixed(2)} and the services ${cpu.mean.services.toFixed(2)} of their core. No request was sent more than ${whole(sentLateMs)} ms late.

## Phases

Requests per second in each phase. The steps towards the peak exclude their first third. CPU columns show the shares of the server's
core that the server and other processes used.

${stretchTable(soaked)}
`;
}

export function goalTable(goals: readonly Goal[]): string {
  return table(
    ['figure', 'reached', 'bound', ''],
    goals.map(({ what, reached, bound, unit, isMet }) => [
      what,
      unit === '%' ? `${reached.toFixed(1)}%` : `${whole(reached)} ${unit}`,
      unit === '%' ? `${bound}%` : `${whole(bound)} ${unit}`,
      isMet ? 'pass' : 'short',
    ]),
  );
}

/** Rates per second and latencies in milliseconds of every phase. */
export function stretchTable({ peak, calm, overload, recovery }: Soaked): string {
  const rows: [string, Stretch][] = [
    ...peak.steps.map((step): [string, Stretch] => ['finding the peak', { ...step, slices: settled(step) }]),
    ['half the peak', calm],
    ['twice the peak', overload],
    ['half the peak, after', recovery],
  ];
  return table(
    [
      '',
      'offered',
      'good',
      'complete',
      'late',
      'refused',
      'wrong',
      'p50 ms',
      'p99 ms',
      'server CPU',
      'other CPU',
      "other CPU, load's core",
    ],
    rows.map(([name, { slices, cpu }]) => [
      name,
      whole(perSecond(slices, 'offered')),
      whole(goodput(slices)),
      whole(perSecond(slices, 'whole')),
      perSecond(slices, 'late').toFixed(1),
      whole(perSecond(slices, 'refused')),
      perSecond(slices, 'wrong').toFixed(1),
      whole(latency(slices, 0.5)),
      whole(latency(slices, 0.99)),
      cpu.mean.server.toFixed(2),
      cpu.mean.others.toFixed(2),
      cpu.mean.othersOfLoad.toFixed(2),
    ]),
  );
}
