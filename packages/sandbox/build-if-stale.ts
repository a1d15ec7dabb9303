import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('./', import.meta.url));

/** Bundles the page if its sources are newer than the bundle, so that tests run against the current sources. */
export function buildIfStale(): void {
  const bundled = statSync(`${HERE}dist/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(`${HERE}page`, { recursive: true, encoding: 'utf8' }).map((name) => `page/${name}`);
  const newest = Math.max(...['vite.config.ts', ...sources].map((path) => statSync(HERE + path).mtimeMs));
  if (newest > bundled) execFileSync(process.execPath, [`${HERE}build.ts`]);
}
