/** npm run soak: overloads a BFF and reports its behaviour. */
import { writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { twoCores } from '../harness/machine.ts';
import { progressDone } from '../harness/progress.ts';
import { chart } from './chart.ts';
import { goalsOf, noVerdict } from './goals.ts';
import { goalTable, report, stretchTable } from './report.ts';
import { FULL, QUICK, soak } from './soak.ts';

const COMMAND = {
  name: 'npm run soak',
  purpose:
    'Loads a BFF with twice its peak rate for ten minutes, and writes bench/soak/report.md and bench/soak/chart.svg. Exit code 1: a goal ' +
    'is missed. Exit code 2: other processes used the CPU, so there is no verdict and no file is written.',
  options: { quick: { description: 'Takes one minute and writes no files.' } },
  examples: [
    ['', 'runs for ten minutes'],
    ['--quick', 'runs for one minute'],
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
