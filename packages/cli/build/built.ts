import { existsSync, readdirSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { PACKAGES } from './bundle.ts';
import { lockedPackages, readPackages } from './packages.ts';

/**
 * What `npm run build` has made, and the packages that each of them is made of, as `name@version`. Throws where that is not known,
 * or is more than package-lock.json has: nobody could say anything of the rest.
 */
export function builtPackages(root: string): ReadonlyMap<string, readonly string[]> {
  const dist = `${root}dist`;
  const places = existsSync(dist) ? readdirSync(dist, { withFileTypes: true }) : [];
  const bundles = places.filter((place) => place.isDirectory()).map(({ name }) => name);
  if (bundles.length === 0) throw new InputError('Nothing is built: npm run build');
  const locked = new Set(lockedPackages(root).map(({ id }) => id));
  return new Map(
    bundles.map((name) => {
      const packages = readPackages(`${dist}/${name}/${PACKAGES}`);
      const unknown = packages.filter((id) => !locked.has(id));
      if (unknown.length > 0) throw new InputError(`package-lock.json has not ${unknown.join(', ')} of ${name}.`);
      return [name, packages];
    }),
  );
}
