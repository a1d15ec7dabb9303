import { spawn, spawnSync } from 'node:child_process';

export type Outcome = 'passed' | 'failed' | 'timed out';

export interface TestRun {
  readonly outcome: Outcome;
  readonly tookMs: number;
  /** What Jest printed, to find out why a suite fails without a mutant. */
  readonly output: string;
}

/** Each run has a network of its own where the machine allows that, so that two of them can use the same ports. */
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
    // A group of its own, so that a limit ends the servers of its suites too.
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
          // All of the group have ended.
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

/** The Jest configuration of an instrumented copy: the project's own, with coverage of mutants and suites in the order asked for. */
export function jestConfig(copy: string, config: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    ...config,
    maxWorkers: 1,
    reporters: ['default'],
    setupFilesAfterEnv: [`${copy}bench/mutants/suite-coverage.js`],
    testSequencer: `${copy}bench/mutants/sequencer.cjs`,
  });
}

/** Makes every Node process of a suite in `copy` note the mutants that it reaches. */
export const processCoverage = (copy: string): string => `--import=file://${copy}bench/mutants/process-coverage.js`;
