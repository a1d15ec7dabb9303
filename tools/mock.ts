/**
 * Serves a client's schema with believable data and without any service: npm run mock:web. Screens can be built before
 * the services exist, and before there are resolvers: whatever the schema file has is answered. Settings are those of the
 * client's own server; --watch starts anew when its schema or a screen changes.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bff } from '../shared/server/bff.ts';
import { serve } from '../shared/server/serve.ts';
import { mockResolvers } from './mock/resolvers.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const [client = '', ...flags] = process.argv.slice(2);

if (!existsSync(`${ROOT}bffs/${client}/bff.ts`)) {
  process.stderr.write(`There is no client "${client}". Make one: npm run new:bff -- tv\n`);
  process.exitCode = 1;
} else if (flags.includes('--watch')) {
  const watched = [`schemas/${client}.graphql`, `bffs/${client}/screens`].map((path) => `--watch-path=${ROOT}${path}`);
  spawn(process.execPath, [...watched, fileURLToPath(import.meta.url), client], { stdio: 'inherit' });
} else {
  const { bff }: { bff: Bff } = await import(`${ROOT}bffs/${client}/bff.ts`);
  const resolvers = mockResolvers(readFileSync(`${ROOT}schemas/${client}.graphql`, 'utf8'));
  // Nothing is called, so no operation is too expensive.
  await serve({ ...bff, resolvers, maxAdHocCalls: Number.POSITIVE_INFINITY });
}
