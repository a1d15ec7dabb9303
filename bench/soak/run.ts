/** npm run soak: overloads a BFF, and reports how it behaves. */
import { writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { twoCores } from '../harness/machine.ts';
import { progressDone } from '../harness/progress.ts';
import { chart } from './chart.ts';
import { FULL, QUICK } from './effort.ts';
import { goalsOf, noVerdict } from './goals.ts';
import { report } from './report.ts';
import { soak } from './soak.ts';
import { goalTable, stretchTable } from './tables.ts';

const COMMAND = {
  name: 'npm run soak',
  purpose:
    'Asks a BFF for twice what it can do, for ten minutes, and writes bench/soak/report.md and bench/soak/chart.svg. Exit code 1: a figure is ' +
    'short. Exit code 2: another process used the CPU, so that there is no verdict and nothing is written.',
  options: { quick: { description: 'Takes a minute, and writes nothing.' } },
  examples: [
    ['', 'ten minutes'],
    ['--quick', 'one minute'],
  ],
} as const;

await runCommand(COMMAND, async ({ values }) => {
  try {
    const soaked = await soak(twoCores(), values.quick ? QUICK : FULL);
    const goals = goalsOf(soaked);
    progressDone();
    process.stdout.write(`${stretchTable(soaked)}\n\n${goalTable(goals)}\n`);
    const refusal = noVerdict(soaked);
    if (refusal !== undefined) {
      process.stderr.write(`${refusal}\n`);
      process.exit(2);
    }
    if (!values.quick) {
      writeFileSync(new URL('report.md', import.meta.url), report(soaked));
      writeFileSync(new URL('chart.svg', import.meta.url), chart(soaked));
    }
    process.exit(goals.every(({ isMet }) => isMet) ? 0 : 1);
  } catch (error) {
    progressDone();
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
});
