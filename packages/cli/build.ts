/** `facet build`: bundles every BFF and every service of facet.config.ts into dist/, and writes dist/digests.json. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { type Built, buildBff, buildService } from './build/bundle.ts';
import { ROOT, readConfig } from './project.ts';
import { table } from './table.ts';

const COMMAND = {
  name: 'npm run build',
  purpose:
    'Bundles every BFF and every service of facet.config.ts into dist/, and writes their SHA-256 digests to dist/digests.json.',
  examples: [['', 'dist/CLIENT/main.js needs only Node 26 to run']],
} as const;

await runCommand(COMMAND, async () => {
  rmSync(`${ROOT}dist`, { recursive: true, force: true });
  mkdirSync(`${ROOT}dist`);
  const { services = [] } = await readConfig();
  const clients = readdirSync(`${ROOT}bffs`).sort();
  const built: Built[] = await Promise.all([
    ...clients.map((client) => buildBff(ROOT, client)),
    ...services.map((service) => buildService(ROOT, service)),
  ]);
  const digests = Object.fromEntries(built.map(({ name, digest }) => [name, digest]));
  writeFileSync(`${ROOT}dist/digests.json`, `${JSON.stringify(digests, null, 2)}\n`);

  const rows = built.map(({ name, bytes, digest }) => [
    `dist/${name}`,
    Math.ceil(bytes / 1_024).toLocaleString('en-US'),
    digest,
  ]);
  process.stdout.write(`${table(['bundle', 'KB', 'SHA-256'], rows)}\n`);
});
