/**
 * Bundles the frontends into examples/NAME/dist, when the project is installed and by `npm run build:examples`. An install
 * without development dependencies has no bundler, and needs no examples.
 */
import { fileURLToPath } from 'node:url';
import { FRONTENDS } from './frontends.ts';

const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stdout.write('Vite is not installed: the examples are left out.\n');
});
for (const { name } of FRONTENDS) {
  const configFile = fileURLToPath(new URL(`${name}/vite.config.ts`, import.meta.url));
  await vite?.build({ configFile, logLevel: 'warn' });
}
