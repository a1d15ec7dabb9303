import { existsSync, readFileSync } from 'node:fs';

/** A module's package: the folder below the last node_modules of its path, and its name. */
const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/**
 * The packages that these modules are of, as `name@version`, sorted. Modules of the project itself are of none. Paths are below
 * `root`, or absolute; whatever a bundler puts before or behind them is not looked at.
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

/** The packages in such a list, or none where there is no file. */
export function readPackages(path: string): string[] {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}

/** What more than development needs, as package-lock.json has it: `name@version`. */
export function productionPackages(root: string): ReadonlySet<string> {
  const { packages }: { readonly packages: Readonly<Record<string, { version: string; dev?: boolean }>> } = JSON.parse(
    readFileSync(`${root}package-lock.json`, 'utf8'),
  );
  const places = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);
  return new Set(places.map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`));
}
