/** npm run scaling: prints the tables of bench/scaling/README.md, which say what it takes to serve many screens. */
import { readFileSync } from 'node:fs';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { measuredIn } from './measured.ts';
import { documentTables } from './tables.ts';

const OPTIONS = {
  check: {
    description:
      'Asks a few real BFFs for some minutes, and puts what they asked of the catalog beside the simulation.',
  },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run scaling',
  purpose:
    'Prints what it takes to serve many screens: the tables of bench/scaling/README.md, from what was measured (the first table there). ' +
    'With --check, CACHE_URL=redis://… gives the real and the simulated BFFs a shared cache.',
  options: OPTIONS,
  examples: [
    ['', 'the tables'],
    ['--check', 'the simulation beside real servers'],
  ],
};

await runCommand(COMMAND, async ({ values }) => {
  if (values.check) {
    const { checkSimulation } = await import('./check.ts');
    process.stdout.write(`${await checkSimulation()}\n`);
    return;
  }
  const document = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  for (const { title, text } of documentTables(measuredIn(document, 'What was measured'))) {
    process.stdout.write(`${title}\n\n${text}\n\n`);
  }
});
