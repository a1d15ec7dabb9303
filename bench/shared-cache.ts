/** npm run bench:shared-cache: measures the cost and benefit of the shared cache. */
import { runCommand } from '@facet/server/internal/command/command.ts';

const COMMAND = {
  name: 'npm run bench:shared-cache',
  purpose:
    'Measures the cost and benefit of the shared cache with a running, a killed and a frozen Redis. Needs redis-server; takes minutes.',
  examples: [['', 'prints the table of docs/how-to/share-the-cache.md']],
} as const;

await runCommand(COMMAND, async () => {
  await import('./shared-cache/run.ts');
});
