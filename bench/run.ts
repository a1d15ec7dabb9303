/** Compares Facet with its peers. `--quick` prints the figures to reach within a minute and writes nothing. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { full } from './harness/full.ts';
import { twoCores } from './harness/machine.ts';
import { progressDone } from './harness/progress.ts';
import { quick } from './harness/quick.ts';
import { ROOT } from './harness/root.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

try {
  const cores = twoCores();
  execFileSync(process.execPath, ['tools/build.ts'], { cwd: ROOT });
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

function print(text: string): void {
  progressDone();
  process.stdout.write(`${text}\n`);
}
