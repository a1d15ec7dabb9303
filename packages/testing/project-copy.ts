import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIXTURE } from './fixture/root.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Copies the project's files, as git knows them or would, to a new directory. Returns its path, with a slash at the end. */
export function copyOfProject(): string {
  return copyOf(() => true);
}

/**
 * Copies the fixture to a new directory, as a project of its own with the packages of this workspace. Returns the directory's path, with a
 * slash at the end.
 */
export function copyOfFixture(): string {
  const copy = copyOfPackages();
  cpSync(FIXTURE, copy, { recursive: true });
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const { scripts } = read(`${FIXTURE}package.json`);
  const manifest = `${JSON.stringify({ ...read(`${ROOT}package.json`), scripts }, null, 2)}\n`;
  writeFileSync(`${copy}package.json`, manifest);
  return copy;
}

/**
 * Copies packages/ and the files that configure the workspace to a new directory, and nothing of the project around them. Returns the
 * directory's path, with a slash at the end.
 */
export function copyOfPackages(): string {
  return copyOf((file) => file.startsWith('packages/') || WORKSPACE_FILES.includes(file));
}

/** Files at the root that are of the workspace, and not of the project that uses the packages. */
const WORKSPACE_FILES = [
  '.ci/run',
  '.gitattributes',
  '.gitignore',
  'biome.json',
  // The tests of the packages compare it with what they find.
  'docs/reference/faults.md',
  'jest.config.ts',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
];

function copyOf(isCopied: (file: string) => boolean): string {
  const copy = `${mkdtempSync(`${tmpdir()}/facet-copy-`)}/`;
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of String(files).trim().split('\n').filter(isCopied)) {
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
