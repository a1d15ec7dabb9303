import { existsSync, readdirSync } from 'node:fs';
import { PACKAGES } from './bundle.ts';
import { readPackages } from './packages.ts';

/** What `npm run build` has made, and the packages that each of them is made of, as `name@version`. Throws where that is not known. */
export function builtPackages(root: string): ReadonlyMap<string, readonly string[]> {
  const dist = `${root}dist`;
  const places = existsSync(dist) ? readdirSync(dist, { withFileTypes: true }) : [];
  const bundles = places.filter((place) => place.isDirectory()).map(({ name }) => name);
  if (bundles.length === 0) throw new Error('Nothing is built: npm run build');
  return new Map(bundles.map((name) => [name, readPackages(`${dist}/${name}/${PACKAGES}`)]));
}
