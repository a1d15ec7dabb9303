import { describeMachine } from '../harness/machine.ts';
import { whole } from '../harness/tables.ts';
import { latency, lengthMs } from './figures.ts';
import { goalsOf, worstGoodput } from './goals.ts';
import type { Soaked } from './soak.ts';
import { goalTable, stretchTable } from './tables.ts';

const MEGABYTE = 1024 * 1024;

/** The whole report, in Markdown. */
export function report(soaked: Soaked): string {
  const { peak, overload, heap } = soaked;
  const { slices, cpu } = overload;
  const bytes = heap.map(({ usedBytes }) => usedBytes);
  const sentLateMs = Math.max(...slices.map((slice) => slice.sentLateMs));
  return `# The soak's report

Written by \`npm run soak\` on ${new Date().toISOString().slice(0, 10)}: ${describeMachine()}. What is done, and what each
word means, is in [README.md](README.md).

![Requests a second, latency and heap over time](chart.svg)

## The figures to reach

${goalTable(goalsOf(soaked))}

The peak is ${whole(peak.goodput)} good answers a second, ${whole(peak.whole)} of them complete. Under twice that for ${whole(lengthMs(slices) / 1_000)} s, the least goodput of any
ten seconds was ${((worstGoodput(slices) / peak.goodput) * 100).toFixed(1)}% of the peak. Who was refused knew it after ${whole(latency(slices, 0.5, 'refusedMs'))} ms (p50) and ${whole(latency(slices, 0.99, 'refusedMs'))} ms (p99). The heap after garbage
collection was ${whole(Math.min(...bytes) / MEGABYTE)} to ${whole(Math.max(...bytes) / MEGABYTE)} MB, in ${heap.length} looks.

The load used ${cpu.mean.load.toFixed(2)} and the services ${cpu.mean.services.toFixed(2)} of their core then, and no request was sent more than ${whole(sentLateMs)} ms late.

## The run

Requests a second, in the order of the run; the steps to the peak without their first third. CPU is the share of the
server's core that the server used, and that other processes did: what those take, the server does not have.

${stretchTable(soaked)}
`;
}
