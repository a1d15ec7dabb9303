/** npm run build:examples: bundles the example frontends into examples/NAME/dist. `npm ci` runs it too. */
import { fileURLToPath } from 'node:url';
import { runCommand } from '@facet/server/internal/command/command.ts';
import config from '../facet.config.ts';

const COMMAND = {
  name: 'npm run build:examples',
  purpose:
    'Bundles the example frontends into examples/NAME/dist. Without Vite, as in an installation without development dependencies, ' +
    'they are left out.',
  examples: [['', 'after a change in examples/NAME/page']],
} as const;

await runCommand(COMMAND, async () => {
  const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stdout.write('Vite is not installed, so the examples were not built.\n');
  });
  for (const { directory } of config.frontends ?? []) {
    const configFile = fileURLToPath(new URL(`../${directory}/vite.config.ts`, import.meta.url));
    await vite?.build({ configFile, logLevel: 'warn' });
  }
});
