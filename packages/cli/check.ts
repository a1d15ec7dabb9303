/** `facet check`: prints the worst-case cost of every screen and fails if one exceeds its budget. */
import { readdirSync } from 'node:fs';
import { type Command, runCommand } from '@facet/server/internal/command/command.ts';
import { checkClient } from './check/client.ts';
import { ROOT } from './project.ts';

// Loaded only for --measured, because it loads the reference services.
const startMeasuring = async () => (await import('./check/measured.ts')).startMeasuring();

const BFFS = `${ROOT}bffs/`;

const OPTIONS = {
  measured: {
    description:
      'Also runs each screen once against the services of facet.config.ts, and reports the bytes that it fetched and used.',
  },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run check',
  purpose:
    'Prints the worst-case cost of every screen of every client. Exit code 1: a screen exceeds its budget (bffs/CLIENT/budget.json).',
  options: OPTIONS,
  examples: [
    ['', 'prints the bounds'],
    ['--measured', 'also prints what each screen fetched'],
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
