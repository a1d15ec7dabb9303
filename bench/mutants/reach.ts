import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { processCoverage, runSuites } from './tests.ts';
import { each } from './workers.ts';

/** A suite that passes without a mutant. */
export interface Suite {
  readonly path: string;
  readonly tookMs: number;
  /** Ids of the mutants that it reaches. */
  readonly reached: ReadonlySet<string>;
}

export interface Reach {
  readonly suites: readonly Suite[];
  /** Suites that fail in the instrumented copy though no mutant is on; they cannot judge any. */
  readonly failed: readonly { readonly path: string; readonly output: string }[];
}

const LIMIT_MS = 600_000;

/** Runs each suite by itself, and reads which mutants it and the processes that it starts reach. */
export async function reachOf(
  copy: string,
  paths: readonly string[],
  workers: number,
  tell: (line: string) => void,
): Promise<Reach> {
  mkdirSync(`${copy}.mutants`, { recursive: true });
  const suites: Suite[] = [];
  const failed: { path: string; output: string }[] = [];
  await each(paths, workers, async (path, index) => {
    const file = `${copy}.mutants/${index}`;
    const environment = { MUTANTS_REACHED: file, NODE_OPTIONS: processCoverage(copy) };
    const { outcome, tookMs, output } = await runSuites(copy, [path], environment, LIMIT_MS);
    const reached = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
    if (outcome === 'passed') suites.push({ path, tookMs, reached });
    else failed.push({ path, output });
    tell(`${outcome} ${path}: ${reached.size} mutants, ${Math.round(tookMs)} ms`);
  });
  return { suites: suites.sort((one, other) => one.tookMs - other.tookMs), failed };
}
