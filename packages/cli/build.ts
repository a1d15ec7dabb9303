/** npm run build: makes a bundle of every BFF and every reference service below dist/, and dist/digests.json. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { type Built, buildBff, buildService } from './build/bundle.ts';
import { ROOT, readConfig } from './project.ts';
import { table } from './table.ts';

const COMMAND = {
  name: 'npm run build',
  purpose:
    'Makes a bundle of every BFF and every reference service below dist/, and their digests in dist/digests.json.',
  examples: [['', 'dist/web/main.js runs with Node 26 and nothing else']],
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
