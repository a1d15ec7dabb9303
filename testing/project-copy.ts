import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The project's files, as git knows them or would, in a folder of their own, whose path ends with a slash. */
export function copyOfProject(): string {
  const copy = `${mkdtempSync(`${tmpdir()}/facet-copy-`)}/`;
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of String(files).trim().split('\n')) {
    if (!existsSync(ROOT + file)) continue;
    mkdirSync(dirname(copy + file), { recursive: true });
    cpSync(ROOT + file, copy + file);
  }
  symlinkSync(`${ROOT}node_modules`, `${copy}node_modules`);
  return copy;
}
