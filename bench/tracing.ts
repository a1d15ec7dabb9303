/** npm run bench:tracing: measures the cost of tracing. */
import { runCommand } from '@facet/server/internal/command/command.ts';

const COMMAND = {
  name: 'npm run bench:tracing',
  purpose: 'Prints the CPU time of two screens with and without tracing. Takes a minute per screen.',
  examples: [['', 'prints the table of docs/how-to/trace.md']],
} as const;

await runCommand(COMMAND, async () => {
  await import('./tracing/run.ts');
});
