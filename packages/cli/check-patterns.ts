/** npm run check:patterns: fails if a regular expression in product code can take more than linear time (ReDoS). */
import { readFileSync, statSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { type Found, Judge, patternsIn } from './patterns.ts';

const PRODUCT = ['bench', 'bffs', 'deploy', 'examples', 'packages', 'shared'];
const FILES = '**/*.{ts,tsx,yaml,yml,cfg}';
const EXCLUDED = ['**/node_modules/**', '**/dist/**', '**/*.test.ts'];

const COMMAND = {
  name: 'npm run check:patterns',
  purpose:
    'Lists every regular expression that can take more than linear time, and so could block the event loop on crafted input. ' +
    'Test files are excluded. Exit code 1: there are some.',
  words: ['[PATH]'],
  examples: [
    ['', 'checks all product code'],
    ['packages/server/telemetry', 'checks one directory or file'],
  ],
} as const;

await runCommand(COMMAND, async ({ words: [path] }) => {
  const found: Found[] = [];
  for (const target of path === undefined ? PRODUCT : [path]) {
    const isFile = statSync(target, { throwIfNoEntry: false })?.isFile();
    if (isFile === undefined) throw new InputError(`${target} does not exist.`);
    if (isFile) found.push(...patternsIn(target, readFileSync(target, 'utf8')));
    else {
      for await (const name of glob(FILES, { cwd: target, exclude: EXCLUDED })) {
        const file = join(target, name);
        found.push(...patternsIn(file, readFileSync(file, 'utf8')));
      }
    }
  }

  const judge = new Judge('.data/patterns.json');
  const problems = await Promise.all(
    found.map(async (one) => ({ ...one, problem: 'problem' in one ? one.problem : await judge.problemOf(one) })),
  );
  judge.save();
  const wrong = problems.filter(({ problem }) => problem !== undefined);
  for (const { file, line, problem } of wrong) process.stderr.write(`${file}:${line}: ${problem}\n`);
  if (wrong.length > 0) process.exitCode = 1;
  else process.stdout.write(`All ${found.length} regular expressions take linear time.\n`);
});
