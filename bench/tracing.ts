/** npm run bench:tracing: what traces cost. */
import { runCommand } from '@facet/server/internal/command/command.ts';

const COMMAND = {
  name: 'npm run bench:tracing',
  purpose: 'Prints the CPU time of a screen without traces and with them. Takes a minute a screen.',
  examples: [['', 'the figures of docs/how-to/trace.md']],
} as const;

await runCommand(COMMAND, async () => {
  await import('./tracing/run.ts');
});
