import { existsSync, readFileSync } from 'node:fs';
import { InputError } from '../../shared/command/input-error.ts';

/** A module's package: the folder below the last node_modules of its path, and its name. */
const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/**
 * The packages that these modules are of, as `name@version`, sorted. Modules of the project itself are of none. Paths are below
 * `root`, or absolute; the NUL by which a bundler marks modules of its own, and what it puts behind a path, are not looked at.
 */
export function packagesOf(root: string, modules: Iterable<string>): string[] {
  const packages = new Set<string>();
  for (const module of modules) {
    const [, folder, name] = PACKAGE.exec(module.replace(/^\0/, '')) ?? [];
    if (folder === undefined) continue;
    const { version } = JSON.parse(readFileSync(`${folder.startsWith('/') ? '' : root}${folder}/package.json`, 'utf8'));
    packages.add(`${name}@${version}`);
  }
  return [...packages].sort();
}

/** The packages in such a list. Throws where there is none: nobody may take that for a list of nothing. */
export function readPackages(path: string): string[] {
  if (!existsSync(path)) throw new InputError(`There is no ${path}, which says what is in that: npm ci, npm run build`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A package of package-lock.json. */
export interface LockedPackage {
  /** `name@version`. */
  readonly id: string;
  /** Its folder. */
  readonly place: string;
  /** Whether only development needs it. */
  readonly dev: boolean;
}

/** What package-lock.json has, but for the project itself. */
export function lockedPackages(root: string): LockedPackage[] {
  const { packages }: { readonly packages: Readonly<Record<string, { version: string; dev?: boolean }>> } = JSON.parse(
    readFileSync(`${root}package-lock.json`, 'utf8'),
  );
  return Object.entries(packages)
    .filter(([place]) => place !== '')
    .map(([place, { version, dev = false }]) => ({
      id: `${place.replace(/^.*node_modules\//, '')}@${version}`,
      place,
      dev,
    }));
}
