/**
 * Bundles the sandbox's page into sandbox/dist, when the project is installed and by `npm run build:sandbox`. An install
 * without development dependencies has no bundler, and needs no sandbox.
 */
import { fileURLToPath } from 'node:url';

const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stdout.write('Vite is not installed: the sandbox is left out.\n');
});
await vite?.build({ configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)) });
