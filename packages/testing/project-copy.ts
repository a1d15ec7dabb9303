import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The project's files, as git knows them or would, in a folder of their own, whose path ends with a slash. */
export function copyOfProject(): string {
  const copy = `${mkdtempSync(`${tmpdir()}/facet-copy-`)}/`;
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of String(files).trim().split('\n')) {
    if (!existsSync(ROOT + file)) continue;
    mkdirSync(dirname(copy + file), { recursive: true });
    cpSync(ROOT + file, copy + file);
  }
  linkPackages(copy);
  return copy;
}

/** The installed packages, but for those of the workspace: the copy has its own. */
function linkPackages(copy: string): void {
  mkdirSync(`${copy}node_modules/@facet`, { recursive: true });
  for (const name of readdirSync(`${ROOT}node_modules`)) {
    if (name !== '@facet' && name !== '.bin') symlinkSync(`${ROOT}node_modules/${name}`, `${copy}node_modules/${name}`);
  }
  for (const name of readdirSync(`${copy}packages`)) {
    symlinkSync(`../../packages/${name}`, `${copy}node_modules/@facet/${name}`);
  }
  mkdirSync(`${copy}node_modules/.bin`);
  for (const name of readdirSync(`${ROOT}node_modules/.bin`)) {
    const isOwn = name === 'facet';
    symlinkSync(
      isOwn ? '../@facet/cli/facet.ts' : `${ROOT}node_modules/.bin/${name}`,
      `${copy}node_modules/.bin/${name}`,
    );
  }
}
