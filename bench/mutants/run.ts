/** npm run mutants: changes one place of the framework's code at a time, and lists the changes that no test notices. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INSTALL = ['--prefix', 'bench/mutants', 'ci', '--prefer-offline', '--no-audit', '--no-fund'];
/** Share of the mutants that the tests have to kill. */
const ENOUGH = 0.9;

const OPTIONS = {
  seed: { description: 'Which mutants are drawn.', value: 'NUMBER', default: '1' },
  count: { description: 'How many are drawn.', value: 'NUMBER', default: '300' },
  files: { description: 'Source files that they are drawn from.', value: 'GLOB', default: '**' },
  suites: { description: 'Test suites that judge them.', value: 'GLOB', default: '**/*.test.ts' },
  jobs: { description: 'How many are judged at a time.', value: 'NUMBER', default: '2' },
  budget: {
    description: 'Longest time of the suites that judge a mutant, in seconds, without a mutant.',
    value: 'SECONDS',
    default: '100',
  },
  output: {
    description: 'Where the report goes; - for standard output.',
    value: 'PATH',
    default: 'bench/mutants/report.md',
  },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run mutants',
  purpose:
    "Changes one place of the framework's code at a time, and runs the tests that reach it. Takes hours on two cores. Exit code 1: less than " +
    '90% of the mutants are killed, or a survivor is not listed in bench/mutants/equivalents.json.',
  options: OPTIONS,
  examples: [
    ['', '300 mutants: writes bench/mutants/report.md'],
    ['--seed 2 --count 50 --output -', '50 others, to standard output'],
  ],
};

await runCommand(COMMAND, async ({ values }) => {
  const [seed, count, jobs] = [whole('seed', values.seed), whole('count', values.count), whole('jobs', values.jobs)];
  const budget = whole('budget', values.budget);
  // The instrumenter is a package of this directory alone.
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
