import { readdirSync } from 'node:fs';
import { PACKAGES } from './bundle.ts';
import { readPackages } from './packages.ts';

/** What `npm run build` has made, and the packages that each of them is made of, as `name@version`. Throws where there is nothing. */
export function builtPackages(root: string): ReadonlyMap<string, readonly string[]> {
  const places = readdirSync(`${root}dist`, { withFileTypes: true }).filter((place) => place.isDirectory());
  const built = places.map(({ name }) => [name, readPackages(`${root}dist/${name}/${PACKAGES}`)] as const);
  if (built.length === 0) throw new Error('Nothing is built: npm run build');
  return new Map(built);
}
