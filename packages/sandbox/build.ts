/** npm run build:sandbox: bundles the sandbox page into packages/sandbox/dist. `npm ci` runs it too. */
import { fileURLToPath } from 'node:url';
import { runCommand } from '@facet/server/internal/command/command.ts';

const COMMAND = {
  name: 'npm run build:sandbox',
  purpose:
    'Bundles the sandbox page into packages/sandbox/dist. Does nothing if Vite is not installed (production installations).',
  examples: [['', 'after changing packages/sandbox/page']],
} as const;

await runCommand(COMMAND, async () => {
  const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stdout.write('Vite is not installed, so the sandbox was not built.\n');
  });
  await vite?.build({ configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)) });
});
