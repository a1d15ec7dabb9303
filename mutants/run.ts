/**
 * Draws mutants of the framework's source files, runs the tests that reach each of them, and lists those that no test notices.
 * `npm run mutants -- --help` prints the options.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import config from '../jest.config.ts';
import { createRandom } from '../soak/random.ts';
import { copyOfProject } from '../testing/project-copy.ts';
import { sourceFiles } from './areas.ts';
import { equivalents, reasonFor } from './equivalents.ts';
import { instrument, type Mutant } from './instrument.ts';
import { reachOf, type Suite } from './reach.ts';
import { type Judged, report } from './report.ts';
import { jestConfig, runSuites } from './tests.ts';
import { createTypeCheck } from './type-check.ts';
import { each } from './workers.ts';

const HELP = `Usage: npm run mutants -- [options]

Changes one place of the framework's code at a time and runs the tests that reach it. Takes hours on two cores.

  --seed NUMBER     which mutants are drawn (1)
  --count NUMBER    how many (300)
  --file PATH       of this source file alone; can be repeated
  --suites GLOB     judged by these test suites alone (**/*.test.ts)
  --jobs NUMBER     how many run at a time (2)
  --output PATH     write the report here (mutants/report.md); - for standard output
  --help            print this text

Exit code 1: less than 90% are killed, or a survivor is not listed in mutants/equivalents.json.
`;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ENOUGH = 0.9;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '300' },
    file: { type: 'string', multiple: true },
    suites: { type: 'string', default: '**/*.test.ts' },
    jobs: { type: 'string', default: '2' },
    output: { type: 'string', default: 'mutants/report.md' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const tell = (line: string) => process.stderr.write(`${line}\n`);
const jobs = Number(values.jobs);
const all = sourceFiles(ROOT);
const files = values.file ? new Map(values.file.map((file) => [file, all.get(file) ?? ''])) : all;
const { texts, mutants } = await instrument(ROOT, files);
const drawn = draw(mutants, Number(values.count), createRandom(Number(values.seed)));
tell(`${mutants.length} mutants in ${files.size} files, of which ${drawn.length} are drawn`);

const copy = copyOfProject();
try {
  for (const [file, text] of texts) writeFileSync(copy + file, text);
  for (const built of ['sandbox/dist', 'examples/mobile-home/dist', 'examples/web-dashboard/dist']) {
    if (existsSync(ROOT + built)) cpSync(ROOT + built, copy + built, { recursive: true });
  }
  // Some suites ask git for the files of the project and for its history.
  for (const command of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'mutants'],
  ]) {
    execFileSync('git', ['-c', 'user.name=mutants', '-c', 'user.email=mutants@localhost', ...command], { cwd: copy });
  }
  writeFileSync(`${copy}jest.mutants.json`, jestConfig(copy, config as Readonly<Record<string, unknown>>));
  const paths = globSync(values.suites, { cwd: copy, exclude: ['node_modules/**', 'bench/**'] });
  const { suites, failed } = await reachOf(copy, paths, jobs, tell);
  for (const { path, output } of failed) tell(`\n${path} fails without a mutant:\n${output.slice(-2_000)}`);

  const known = equivalents();
  const compiles = createTypeCheck(ROOT);
  const judged: Judged[] = [];
  await each(drawn, jobs, async (mutant) => {
    const result = await judge(mutant, suites);
    judged.push({ mutant, ...result, reason: reasonFor(known, mutant) });
    tell(`${judged.length} of ${drawn.length}: ${result.verdict} ${mutant.file}:${mutant.line} ${mutant.mutator}`);
  });

  /** Runs the suites that reach a mutant: those of its own file first, then the quickest first. */
  async function judge(mutant: Mutant, suites: readonly Suite[]): Promise<Pick<Judged, 'verdict' | 'by'>> {
    const reaching = suites.filter(({ reached }) => reached.has(mutant.id));
    const own = reaching.filter((suite) => isNear(suite.path, mutant.file));
    const order = [...own, ...reaching.filter((suite) => !own.includes(suite))];
    if (order.length > 0) {
      // A mutant that keeps a suite waiting for ever is noticed as well.
      const limitMs = 30_000 + 4 * order.reduce((sum, { tookMs }) => sum + tookMs, 0);
      const environment = { __STRYKER_ACTIVE_MUTANT__: mutant.id };
      const run = await runSuites(
        copy,
        order.map(({ path }) => path),
        environment,
        limitMs,
      );
      if (run.outcome !== 'passed')
        return { verdict: run.outcome === 'failed' ? 'killed' : 'timed out', by: failing(run.output) };
    }
    if (!compiles(mutant)) return { verdict: 'killed', by: 'npm run check:types' };
    return { verdict: order.length === 0 ? 'not reached' : 'survived', by: '' };
  }

  judged.sort((one, other) => Number(one.mutant.id) - Number(other.mutant.id));
  const { text, share, open } = report(judged, {
    seed: values.seed,
    of: mutants.length,
    failed: failed.map(({ path }) => path),
  });
  if (values.output === '-') process.stdout.write(text);
  else writeFileSync(ROOT + values.output, text);
  tell(`${(share * 100).toFixed(1)}% killed; ${open} survivors are neither killed nor listed as equivalent`);
  process.exitCode = share >= ENOUGH && open === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** `count` of them, by chance (Fisher and Yates). */
function draw<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  const rest = [...items];
  const drawn: Item[] = [];
  while (drawn.length < count && rest.length > 0) {
    const [item] = rest.splice(Math.floor(random() * rest.length), 1);
    if (item !== undefined) drawn.push(item);
  }
  return drawn;
}

/** Whether a suite is in the same directory as a source file. */
function isNear(suite: string, file: string): boolean {
  return dirname(suite) === dirname(file);
}

function failing(output: string): string {
  return /^FAIL (.*)$/m.exec(output)?.[1]?.trim() ?? '';
}
