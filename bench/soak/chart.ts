import { goodput, groups, latency, lengthMs, perSecond } from './figures.ts';
import { type Line, plot, type Span } from './plot.ts';
import type { Slice } from './slice.ts';
import { DEADLINE_MS, type Soaked } from './soak.ts';

const MEGABYTE = 1024 * 1024;

/** The whole run, second by second. */
export function chart({ peak, calm, overload, recovery, heap }: Soaked): string {
  const stretches = [
    { name: 'finding the peak', slices: peak.steps.flatMap(({ slices }) => slices) },
    { name: 'half', slices: calm.slices },
    { name: 'twice the peak', slices: overload.slices },
    { name: 'half', slices: recovery.slices },
  ];
  let from = 0;
  const spans: Span[] = stretches.map(({ name, slices }) => {
    const span = { name, from, to: from + lengthMs(slices) / 1_000 };
    from = span.to;
    return span;
  });
  const seconds = groups(
    stretches.flatMap(({ slices }) => slices),
    1_000,
  );
  const line = (name: string, color: string, value: (slices: readonly Slice[]) => number): Line => ({
    name,
    color,
    points: seconds.map((slices, second) => [second + 0.5, value(slices)] as const).filter(([, y]) => !Number.isNaN(y)),
  });
  const overloadFrom = spans[2]?.from ?? 0;
  return plot(
    'Twice what a BFF can take, second by second',
    [
      {
        title: 'Requests a second',
        lines: [
          line('offered', '#8c959f', (slices) => perSecond(slices, 'offered')),
          line('good answers', '#0969da', goodput),
          line('refused', '#bc4c00', (slices) => perSecond(slices, 'refused')),
        ],
      },
      {
        title: `Milliseconds of what was let in; the deadline is ${DEADLINE_MS.toLocaleString('en-US')}`,
        lines: [
          line('p99', '#0969da', (slices) => latency(slices, 0.99)),
          line('p50', '#8c959f', (slices) => latency(slices, 0.5)),
        ],
      },
      {
        title: 'Heap after garbage collection, MB',
        lines: [
          {
            name: 'heap',
            color: '#0969da',
            dots: true,
            points: heap.map(({ atMs, usedBytes }) => [overloadFrom + atMs / 1_000, usedBytes / MEGABYTE]),
          },
        ],
      },
    ],
    spans,
  );
}
