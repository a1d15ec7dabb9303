/** Draws mutants of the framework's source files, and runs the test suites that reach each of them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, matchesGlob } from 'node:path';
import { copyOfProject } from '@facet/testing/internal/project-copy.ts';
import config from '../../jest.config.ts';
import { createRandom } from '../soak/random.ts';
import { sourceFiles } from './areas.ts';
import { equivalents, reasonFor } from './equivalents.ts';
import { instrument, type Mutant } from './instrument.ts';
import { reachOf, type Suite } from './reach.ts';
import type { Judged } from './report.ts';
import { jestConfig, runSuites } from './tests.ts';
import { createTypeCheck } from './type-check.ts';
import { each } from './workers.ts';

export interface Drawing {
  readonly seed: number;
  readonly count: number;
  /** Glob of the source files, relative to the project. */
  readonly files: string;
  /** Glob of the test suites. */
  readonly suites: string;
  /** How many mutants are judged at a time. */
  readonly jobs: number;
  /** Longest time of the suites that judge a mutant, in milliseconds, as they take without one. */
  readonly budgetMs: number;
}

export interface Outcome {
  readonly judged: readonly Judged[];
  /** How many mutants there are to draw from. */
  readonly of: number;
  /** Suites that fail without a mutant, and judge none. */
  readonly failed: readonly string[];
}

/** Judges a drawing of mutants in a copy of the project at `root`. */
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

/** Puts the instrumented texts into a copy, with what is built, and makes it a git repository: some suites ask git for files and history. */
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

/** Runs the suites that reach a mutant, until one fails: those in the directory of its file first, then the quickest first. */
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
    // A mutant that keeps a suite waiting for ever is noticed as well.
    const limitMs = 30_000 + 4 * order.reduce((sum, { tookMs }) => sum + tookMs, 0);
    const paths = order.map(({ path }) => path);
    const run = await runSuites(copy, paths, { __STRYKER_ACTIVE_MUTANT__: mutant.id }, limitMs);
    if (run.outcome === 'timed out') return { verdict: 'timed out', by: '' };
    if (run.outcome === 'failed') return { verdict: 'killed', by: /^FAIL (.*)$/m.exec(run.output)?.[1]?.trim() ?? '' };
  }
  if (!compiles(mutant)) return { verdict: 'killed', by: 'npm run check:types' };
  return { verdict: order.length === 0 ? 'not reached' : 'survived', by: '' };
}

/** The first suites that together take no longer than a budget, and at least one. */
function withinBudget(suites: readonly Suite[], budgetMs: number): Suite[] {
  let leftMs = budgetMs;
  return suites.filter(({ tookMs }, index) => {
    leftMs -= tookMs;
    return index === 0 || leftMs >= 0;
  });
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
