/** Draws random mutants of the framework's source files and runs the test suites that execute them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, matchesGlob } from 'node:path';
import { copyOfProject } from '@facet/testing/internal/project-copy.ts';
import config from '../../jest.config.ts';
import { createRandom } from '../soak/faults.ts';
import { equivalents, reasonFor } from './equivalents.ts';
import { instrument, type Mutant, sourceFiles } from './instrument.ts';
import type { Judged } from './report.ts';
import { each, jestConfig, reachOf, runSuites, type Suite } from './tests.ts';
import { createTypeCheck } from './type-check.ts';

export interface Drawing {
  readonly seed: number;
  readonly count: number;
  /** Glob of the source files, relative to the project. */
  readonly files: string;
  /** Glob of the test suites. */
  readonly suites: string;
  /** Number of mutants tested concurrently. */
  readonly jobs: number;
  /** Maximum total duration of the suites per mutant, in milliseconds, based on their duration without a mutant. */
  readonly budgetMs: number;
}

export interface Outcome {
  readonly judged: readonly Judged[];
  /** Number of mutants that could be drawn. */
  readonly of: number;
  /** Suites that fail without a mutant and are not used. */
  readonly failed: readonly string[];
}

/** Tests a random sample of mutants in a copy of the project at `root`. */
export async function judgeMutants(
  root: string,
  { seed, count, files, suites: glob, jobs, budgetMs }: Drawing,
  tell: (line: string) => void,
): Promise<Outcome> {
  const sources = new Map([...sourceFiles(root)].filter(([file]) => matchesGlob(file, files)));
  const { texts, mutants } = await instrument(root, sources);
  const drawn = draw(mutants, count, createRandom(seed));
  tell(`${mutants.length} mutants in ${sources.size} files, of which ${drawn.length} are drawn`);
  const copy = copyOfProject();
  try {
    prepare(root, copy, texts);
    const paths = globSync(glob, { cwd: copy, exclude: ['node_modules/**', 'bench/**'] });
    const { suites, failed } = await reachOf(copy, paths, jobs, tell);
    for (const { path, output } of failed) tell(`\n${path} fails without a mutant:\n${output.slice(-2_000)}`);
    const known = equivalents();
    const compiles = createTypeCheck(root);
    const judged: Judged[] = [];
    await each(drawn, jobs, async (mutant) => {
      const reaching = suites.filter(({ reached }) => reached.has(mutant.id));
      const result = await judge(copy, mutant, reaching, compiles, budgetMs);
      judged.push({ mutant, ...result, reason: reasonFor(known, mutant) });
      tell(`${judged.length} of ${drawn.length}: ${result.verdict} ${mutant.file}:${mutant.line} ${mutant.mutator}`);
    });
    judged.sort((one, other) => Number(one.mutant.id) - Number(other.mutant.id));
    return { judged, of: mutants.length, failed: failed.map(({ path }) => path) };
  } finally {
    rmSync(copy, { recursive: true, force: true });
    rmSync(`${copy}.mutants`, { recursive: true, force: true });
  }
}

/** Writes the instrumented texts and the built files into a copy, and makes it a git repository, which some suites need. */
function prepare(root: string, copy: string, texts: ReadonlyMap<string, string>): void {
  for (const [file, text] of texts) writeFileSync(copy + file, text);
  for (const built of ['packages/sandbox/dist', 'examples/mobile-home/dist', 'examples/web-dashboard/dist']) {
    if (existsSync(root + built)) cpSync(root + built, copy + built, { recursive: true });
  }
  for (const command of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'mutants'],
  ]) {
    execFileSync('git', ['-c', 'user.name=mutants', '-c', 'user.email=mutants@localhost', ...command], { cwd: copy });
  }
  writeFileSync(`${copy}jest.mutants.json`, jestConfig(copy, config as Readonly<Record<string, unknown>>));
}

/** Runs the suites that execute a mutant until one fails: first those in the file's directory, then the others by duration. */
async function judge(
  copy: string,
  mutant: Mutant,
  reaching: readonly Suite[],
  compiles: (mutant: Mutant) => boolean,
  budgetMs: number,
): Promise<Pick<Judged, 'verdict' | 'by'>> {
  const own = reaching.filter((suite) => dirname(suite.path) === dirname(mutant.file));
  const order = withinBudget([...own, ...reaching.filter((suite) => !own.includes(suite))], budgetMs);
  if (order.length > 0) {
    // The limit detects mutants that make a suite hang.
    const limitMs = 30_000 + 4 * order.reduce((sum, { tookMs }) => sum + tookMs, 0);
    const paths = order.map(({ path }) => path);
    const run = await runSuites(copy, paths, { __STRYKER_ACTIVE_MUTANT__: mutant.id }, limitMs);
    if (run.outcome === 'timed out') return { verdict: 'timed out', by: '' };
    if (run.outcome === 'failed') return { verdict: 'killed', by: /^FAIL (.*)$/m.exec(run.output)?.[1]?.trim() ?? '' };
  }
  if (!compiles(mutant)) return { verdict: 'killed', by: 'npm run check:types' };
  return { verdict: order.length === 0 ? 'not reached' : 'survived', by: '' };
}

/** The first suites whose total duration is within the budget, at least one. */
function withinBudget(suites: readonly Suite[], budgetMs: number): Suite[] {
  let leftMs = budgetMs;
  return suites.filter(({ tookMs }, index) => {
    leftMs -= tookMs;
    return index === 0 || leftMs >= 0;
  });
}

/** A random sample of `count` items (Fisher-Yates). */
function draw<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  const rest = [...items];
  const drawn: Item[] = [];
  while (drawn.length < count && rest.length > 0) {
    const [item] = rest.splice(Math.floor(random() * rest.length), 1);
    if (item !== undefined) drawn.push(item);
  }
  return drawn;
}
