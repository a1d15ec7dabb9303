/** npm run check:patterns: fails where a regular expression of the product takes more than linear time. */
import { readFileSync, statSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { type Found, patternsIn } from './patterns/collect.ts';
import { Judge } from './patterns/judge.ts';

const PRODUCT = ['bench', 'bffs', 'deploy', 'examples', 'packages', 'shared'];
const FILES = '**/*.{ts,tsx,yaml,yml,cfg}';
const LEFT_OUT = ['**/node_modules/**', '**/dist/**', '**/*.test.ts', 'testing/**'];

const COMMAND = {
  name: 'npm run check:patterns',
  purpose:
    'Names every regular expression that takes more than linear time: whoever controls its input could stop the event loop. ' +
    'Tests and their helpers are left out. Exit code 1: there are some.',
  words: ['[PATH]'],
  examples: [
    ['', 'the whole product'],
    ['packages/server/telemetry', 'one folder, or one file'],
  ],
} as const;

await runCommand(COMMAND, async ({ words: [path] }) => {
  const found: Found[] = [];
  for (const place of path === undefined ? PRODUCT : [path]) {
    const isFile = statSync(place, { throwIfNoEntry: false })?.isFile();
    if (isFile === undefined) throw new InputError(`There is no ${place}.`);
    if (isFile) found.push(...patternsIn(place, readFileSync(place, 'utf8')));
    else {
      for await (const name of glob(FILES, { cwd: place, exclude: LEFT_OUT })) {
        const file = join(place, name);
        found.push(...patternsIn(file, readFileSync(file, 'utf8')));
      }
    }
  }

  const judge = new Judge('.data/patterns.json');
  const problems = await Promise.all(
    found.map(async (one) => ({ ...one, problem: 'problem' in one ? one.problem : await judge.problemOf(one) })),
  );
  judge.remember();
  const wrong = problems.filter(({ problem }) => problem !== undefined);
  for (const { file, line, problem } of wrong) process.stderr.write(`${file}:${line}: ${problem}\n`);
  if (wrong.length > 0) process.exitCode = 1;
  else process.stdout.write(`${found.length} regular expressions take linear time.\n`);
});
