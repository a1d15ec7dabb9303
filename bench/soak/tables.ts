import { table } from '@facet/cli/internal/table.ts';
import { whole } from '../harness/tables.ts';
import { goodput, latency, perSecond } from './figures.ts';
import type { Goal } from './goals.ts';
import { settled } from './peak.ts';
import type { Soaked } from './soak.ts';
import type { Stretch } from './stretch.ts';

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

/** Requests a second, and milliseconds, in every part of the run. */
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
