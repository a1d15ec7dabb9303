import { spawnSync } from 'node:child_process';

const MISSING = `
promtool is not installed: what it would say of metrics and alerts is not checked here.
To have it checked: apt-get install prometheus (Debian, Ubuntu), brew install prometheus (macOS).
`;

/** What promtool says, Prometheus' own check, and its exit code: 0 where all is well. */
export interface Verdict {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * Runs promtool on a text or on files. Where it is not installed, that is said, and nothing is found wrong; but in CI, which
 * installs it, it has to be there.
 */
export function promtool(parameters: readonly string[], input = ''): Verdict {
  const { status, stdout, stderr, error } = spawnSync('promtool', parameters, { input, encoding: 'utf8' });
  if (!error) return { exitCode: status, output: stdout + stderr };
  if (process.env['CI'] || !('code' in error && error.code === 'ENOENT')) throw error;
  process.stderr.write(MISSING);
  return { exitCode: 0, output: '' };
}
