/** npm run bench:shared-cache: what the shared cache costs and saves. */
import { runCommand } from '@facet/server/internal/command/command.ts';

const COMMAND = {
  name: 'npm run bench:shared-cache',
  purpose:
    'Prints what the shared cache costs and saves, with a Redis that runs, is killed, and is frozen. Needs redis-server; takes minutes.',
  examples: [['', 'the figures of docs/how-to/share-the-cache.md']],
} as const;

await runCommand(COMMAND, async () => {
  await import('./shared-cache/run.ts');
});
