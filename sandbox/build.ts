/** Bundles the sandbox's page into sandbox/dist, when the project is installed and by `npm run build:sandbox`. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

await build({ configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)) });
