/** npm run check: prints what every screen of every client costs at most, and holds it to the budget of its team. */
import { readdirSync } from 'node:fs';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { checkClient } from './check/client.ts';
import { ROOT } from './project.ts';

// Loaded for those who measure alone: it brings the services along.
const startMeasuring = async () => (await import('./check/measured.ts')).startMeasuring();

const BFFS = `${ROOT}bffs/`;

const OPTIONS = {
  measured: {
    description:
      'Asks for each screen once, in front of the services of facet.config.ts: what it fetched, and what of that it used.',
  },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run check',
  purpose:
    'Prints what every screen of every client costs at most. Exit code 1: one exceeds the budget of its team (bffs/CLIENT/budget.json).',
  options: OPTIONS,
  examples: [
    ['', 'the bounds'],
    ['--measured', 'what each screen really fetches beside them'],
  ],
};

await runCommand(COMMAND, async ({ values }) => {
  await using measuring = values.measured ? await startMeasuring() : undefined;
  for (const client of readdirSync(BFFS).sort()) {
    const { report, problems } = await checkClient(client, { measuring });
    process.stdout.write(`${report}\n\n`);
    for (const problem of problems) process.stderr.write(`${client}: ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
});
