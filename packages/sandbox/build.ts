/** npm run build:sandbox: bundles the sandbox's page into packages/sandbox/dist; an installation does so too. */
import { fileURLToPath } from 'node:url';
import { runCommand } from '@facet/server/internal/command/command.ts';

const COMMAND = {
  name: 'npm run build:sandbox',
  purpose:
    "Bundles the sandbox's page into packages/sandbox/dist. Without Vite, as in an installation without development dependencies, it is left out.",
  examples: [['', 'after a change in packages/sandbox/page']],
} as const;

await runCommand(COMMAND, async () => {
  const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    process.stdout.write('Vite is not installed: the sandbox is left out.\n');
  });
  await vite?.build({ configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)) });
});
