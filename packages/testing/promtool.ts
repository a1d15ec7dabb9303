import { spawnSync } from 'node:child_process';
import { howToGet, needs } from './debian-packages.ts';

/** What promtool says, Prometheus' own check, and its exit code: 0 where all is well. */
export interface Verdict {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Asks promtool about a text or about files. */
export type Promtool = (parameters: readonly string[], input?: string) => Verdict;

/** What to do where there is no promtool. */
export const NO_PROMTOOL = howToGet('promtool');

/** The machine's promtool; undefined where there is none, as {@link needs} has it. */
export function findPromtool(): Promtool | undefined {
  const executable = needs('promtool');
  if (executable === undefined) return undefined;
  return (parameters, input = '') => {
    const { status, stdout, stderr, error } = spawnSync(executable, parameters, { input, encoding: 'utf8' });
    if (error) throw error;
    return { exitCode: status, output: stdout + stderr };
  };
}
