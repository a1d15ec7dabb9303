import { existsSync, readdirSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { PACKAGES } from './bundle.ts';
import { lockedPackages, readPackages } from './packages.ts';

/**
 * The bundles in dist/, each with the packages in it as `name@version`. Throws an InputError if nothing is built, or if a package is
 * missing from package-lock.json.
 */
export function builtPackages(root: string): ReadonlyMap<string, readonly string[]> {
  const dist = `${root}dist`;
  const entries = existsSync(dist) ? readdirSync(dist, { withFileTypes: true }) : [];
  const bundles = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (bundles.length === 0) throw new InputError('Nothing is built: npm run build');
  const locked = new Set(lockedPackages(root).map(({ id }) => id));
  return new Map(
    bundles.map((name) => {
      const packages = readPackages(`${dist}/${name}/${PACKAGES}`);
      const unknown = packages.filter((id) => !locked.has(id));
      if (unknown.length > 0)
        throw new InputError(`package-lock.json does not list ${unknown.join(', ')}, which is in ${name}.`);
      return [name, packages];
    }),
  );
}
