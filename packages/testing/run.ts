import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { REQUEST_LINE } from '@facet/server/internal/telemetry/log.ts';
import { afterEach } from '@jest/globals';
import { FIXTURE } from './fixture/root.ts';
import { PATIENT } from './patient.ts';

const WORKSPACE = fileURLToPath(new URL('../../', import.meta.url));

/** A script as a process of its own. */
export interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves to the port that it says it listens on; rejects when it ends before. */
  readonly port: Promise<number>;
  /** Resolves when it has ended, to its exit code and all that it printed. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

/**
 * Runs scripts in the directory of a project, the fixture by default, with long timeouts by default. `packages/…` is a script of this
 * workspace; an absolute path to a script below packages/ runs in the project that these packages are in. Processes that a test of this file leaves running are killed after it.
 */
export function runsScripts(
  project: string = FIXTURE,
): (script: string, environment?: Record<string, string>, ...parameters: string[]) => Run {
  const started: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  return (script, environment = {}, ...parameters) => {
    const { NODE_ENV: _, NODE_OPTIONS: __, ...inherited } = process.env;
    const env = { ...inherited, ...PATIENT, ...environment };
    const file = script.startsWith('packages/') ? WORKSPACE + script : script;
    const [, copy = project] = /^(\/.*\/)packages\//.exec(script) ?? [];
    const child = spawn(process.execPath, [file, ...parameters], { cwd: copy, env });
    started.push(child);
    let output = '';
    const { promise: port, resolve, reject } = Promise.withResolvers<number>();
    // Not everybody asks for it.
    port.catch(() => {});
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        const said = /"port":(\d+)/.exec(output)?.[1];
        if (said !== undefined) resolve(Number(said));
      });
    }
    const ended = once(child, 'close').then(([exitCode]) => {
      reject(new Error(`It ended before it listened: ${output}`));
      return { exitCode, output };
    });
    return { child, port, ended };
  };
}

/** The messages that a process has logged, of whatever level, but for the line that each request has. */
export function messagesIn(output: string): string[] {
  const lines = output.trim().split('\n');
  return lines.map((line) => JSON.parse(line).msg).filter((message) => message !== REQUEST_LINE);
}
