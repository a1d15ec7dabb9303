/** npm run mutants: mutation testing. Applies single changes to the framework's code and lists those that no test detects. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INSTALL = ['--prefix', 'bench/mutants', 'ci', '--prefer-offline', '--no-audit', '--no-fund'];
/** Minimum share of killed mutants. */
const ENOUGH = 0.9;

const OPTIONS = {
  seed: { description: 'Seed of the random sample.', value: 'NUMBER', default: '1' },
  count: { description: 'Number of mutants.', value: 'NUMBER', default: '300' },
  files: { description: 'Source files to mutate.', value: 'GLOB', default: '**' },
  suites: { description: 'Test suites to run.', value: 'GLOB', default: '**/*.test.ts' },
  jobs: { description: 'Number of concurrent jobs.', value: 'NUMBER', default: '2' },
  budget: {
    description: 'Maximum total duration of the suites per mutant, in seconds.',
    value: 'SECONDS',
    default: '100',
  },
  output: {
    description: 'File of the report; - for standard output.',
    value: 'PATH',
    default: 'bench/mutants/report.md',
  },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run mutants',
  purpose:
    "Applies single changes to the framework's code and runs the tests that execute them. Takes hours on two cores. Exit code 1: less than " +
    '90% of the mutants are killed, or a survivor is not listed in bench/mutants/equivalents.json.',
  options: OPTIONS,
  examples: [
    ['', 'tests 300 mutants, writes bench/mutants/report.md'],
    ['--seed 2 --count 50 --output -', 'tests 50 other mutants, prints the report'],
  ],
};

await runCommand(COMMAND, async ({ values }) => {
  const [seed, count, jobs] = [whole('seed', values.seed), whole('count', values.count), whole('jobs', values.jobs)];
  const budget = whole('budget', values.budget);
  // The instrumenter is installed in this directory.
  execFileSync('npm', INSTALL, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const { judgeMutants } = await import('./mutants.ts');
  const { report } = await import('./report.ts');
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const { judged, of, failed } = await judgeMutants(
    ROOT,
    { ...values, seed, count, jobs, budgetMs: budget * 1_000 },
    tell,
  );
  const { text, share, open } = report(judged, {
    seed,
    of,
    failed,
    suites: values.suites,
    files: values.files,
    budget,
  });
  if (values.output === '-') process.stdout.write(text);
  else writeFileSync(ROOT + values.output, text);
  tell(`${(share * 100).toFixed(1)}% killed; ${open} survivors are neither killed nor listed as equivalent`);
  process.exitCode = share >= ENOUGH && open === 0 ? 0 : 1;
});

function whole(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InputError(`--${name}: ${text} is not a whole number above 0.`);
}
