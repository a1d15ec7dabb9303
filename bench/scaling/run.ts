/** npm run scaling: prints the tables of bench/scaling/README.md, the resources needed at high load. */
import { readFileSync } from 'node:fs';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { measuredIn } from './measured.ts';
import { documentTables } from './tables.ts';

const OPTIONS = {
  check: {
    description: 'Runs real BFFs for some minutes and compares their catalog calls with the simulation.',
  },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run scaling',
  purpose:
    'Prints the tables of bench/scaling/README.md, computed from the measurements in its first table. ' +
    'With --check, CACHE_URL=redis://… gives the real and the simulated BFFs a shared cache.',
  options: OPTIONS,
  examples: [
    ['', 'prints the tables'],
    ['--check', 'compares the simulation with real servers'],
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
