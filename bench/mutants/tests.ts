import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';

export type Outcome = 'passed' | 'failed' | 'timed out';

export interface TestRun {
  readonly outcome: Outcome;
  readonly tookMs: number;
  /** Output of Jest, to find out why a suite fails without a mutant. */
  readonly output: string;
}

/** Whether each run gets its own network namespace, so that concurrent runs can use the same ports. */
const NETWORK = spawnSync('unshare', ['-n', 'true']).status === 0;

/** Runs test suites of the project in `folder` one after the other, in the order given, until the first failure. */
export function runSuites(
  folder: string,
  suites: readonly string[],
  environment: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<TestRun> {
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const options = ['--config', 'jest.mutants.json', '--runInBand', '--bail', '--runTestsByPath'];
  const command = [process.execPath, ...jest, ...options, ...suites];
  const [program = '', ...parameters] = NETWORK
    ? ['unshare', '-n', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...command]
    : command;
  const startedAt = performance.now();
  const child = spawn(program, parameters, {
    cwd: folder,
    // A separate process group, so that a timeout also ends the servers of the suites.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SUITE_ORDER: suites.join('\n'), ...environment },
  });
  let output = '';
  const note = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  return new Promise((resolve) => {
    let isLate = false;
    const end = () => {
      if (child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // The process group has already ended.
        }
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, limitMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      end();
      const outcome = isLate ? 'timed out' : code === 0 ? 'passed' : 'failed';
      resolve({ outcome, tookMs: performance.now() - startedAt, output });
    });
  });
}

/** The Jest configuration of an instrumented copy: the project's, with mutant coverage and ordered suites. */
export function jestConfig(copy: string, config: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    ...config,
    maxWorkers: 1,
    reporters: ['default'],
    setupFilesAfterEnv: [`${copy}bench/mutants/suite-coverage.js`],
    testSequencer: `${copy}bench/mutants/sequencer.cjs`,
  });
}

/** NODE_OPTIONS that make every Node process of a suite record the executed mutants. */
export const processCoverage = (copy: string): string => `--import=file://${copy}bench/mutants/process-coverage.js`;

/** A suite that passes without a mutant, with the mutants that it executes. */
export interface Suite {
  readonly path: string;
  readonly tookMs: number;
  /** Ids of the mutants that it executes. */
  readonly reached: ReadonlySet<string>;
}

export interface Reach {
  readonly suites: readonly Suite[];
  /** Suites that fail in the instrumented copy without an active mutant. They are not used. */
  readonly failed: readonly { readonly path: string; readonly output: string }[];
}

const LIMIT_MS = 600_000;

/** Runs each suite alone and collects the mutants that it and its child processes execute. */
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

/** Runs `work` for each item, with at most `most` items concurrently. */
export async function each<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
