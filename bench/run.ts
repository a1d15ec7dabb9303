/** npm run bench: compares Facet with its peers. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { ROOT, twoCores } from './harness/machine.ts';
import { progressDone } from './harness/progress.ts';
import { full, quick } from './harness/runs.ts';

const INSTALL = ['--prefix', 'bench', 'ci', '--prefer-offline', '--no-audit', '--no-fund'];

const COMMAND = {
  name: 'npm run bench',
  purpose:
    'Compares Facet with other servers and writes bench/report.md and bench/chart.svg. Takes under ten minutes and needs two cores.',
  options: { quick: { description: 'Measures the goals only, within a minute, and writes no files.' } },
  examples: [
    ['', 'runs the full benchmark'],
    ['--quick', 'runs for one minute'],
  ],
} as const;

await runCommand(COMMAND, async ({ values }) => {
  try {
    const cores = twoCores();
    // The other contenders' packages are installed separately, in bench/node_modules.
    execFileSync('npm', INSTALL, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync(process.execPath, ['packages/cli/build.ts'], { cwd: ROOT });
    if (values.quick) {
      print(await quick(cores));
    } else {
      const { summary, report, chart } = await full(cores);
      writeFileSync(new URL('report.md', import.meta.url), report);
      writeFileSync(new URL('chart.svg', import.meta.url), chart);
      print(summary);
    }
  } catch (error) {
    progressDone();
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  process.exit(0);
});

function print(text: string): void {
  progressDone();
  process.stdout.write(`${text}\n`);
}
