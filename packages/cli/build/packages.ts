import { existsSync, readFileSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';

/** A module's package: the folder below the last node_modules of its path, and its name. */
const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/**
 * The packages of modules, as `name@version`, sorted. Modules of the project itself are skipped. Paths are absolute or relative to
 * `root`. The NUL by which a bundler marks its own modules is ignored, and so is text after a path.
 */
export function packagesOf(root: string, modules: Iterable<string>): string[] {
  const packages = new Set<string>();
  const workspace = workspacePackages(root);
  for (const module of modules) {
    const [, folder, name] = PACKAGE.exec(module.replace(/^\0/, '')) ?? [];
    if (folder === undefined || name === undefined || workspace.has(name)) continue;
    const { version } = JSON.parse(readFileSync(`${folder.startsWith('/') ? '' : root}${folder}/package.json`, 'utf8'));
    packages.add(`${name}@${version}`);
  }
  return [...packages].sort();
}

/** Names of the workspace's own packages, which npm links. */
function workspacePackages(root: string): ReadonlySet<string> {
  const linked = Object.entries(readLock(root)).filter(([, { link }]) => link);
  return new Set(linked.map(([place]) => place.replace(/^.*node_modules\//, '')));
}

/** Reads a bundle's list of packages. Throws an InputError if the file is missing, which does not mean that there are none. */
export function readPackages(path: string): string[] {
  if (!existsSync(path))
    throw new InputError(`${path} is missing. It lists the packages of the bundle: npm ci, npm run build`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A package of package-lock.json. */
export interface LockedPackage {
  /** `name@version`. */
  readonly id: string;
  /** Its folder. */
  readonly place: string;
  /** Whether the project's `dependencies` need it, directly or not. */
  readonly deployed: boolean;
}

/** The packages in package-lock.json, without the project's own. */
export function lockedPackages(root: string): LockedPackage[] {
  const lock = readLock(root);
  const deployed = deployedPlaces(lock);
  return Object.entries(lock)
    .filter(([place, { link }]) => place.includes('node_modules/') && !link)
    .map(([place, { version }]) => ({
      id: `${place.replace(/^.*node_modules\//, '')}@${version}`,
      place,
      deployed: deployed.has(place),
    }));
}

/**
 * The folders of the packages that the project's `dependencies` need, directly or not. npm's own `dev` flag does not say this:
 * npm counts all dependencies of all workspaces as deployed, also those of the command and of the test helpers.
 */
function deployedPlaces(lock: Lock): Set<string> {
  const reached = new Set<string>();
  const toVisit = [''];
  for (let from = toVisit.pop(); from !== undefined; from = toVisit.pop()) {
    const { dependencies, optionalDependencies, peerDependencies } = lock[from] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const place = placeSeenFrom(lock, from, name);
      if (place === undefined || reached.has(place)) continue;
      reached.add(place);
      toVisit.push(place);
    }
  }
  return reached;
}

/** The folder from which Node.js loads `name` for a module in `from`; undefined if no package of that name is installed there. */
function placeSeenFrom(lock: Lock, from: string, name: string): string | undefined {
  for (let folder: string | undefined = from; folder !== undefined; folder = parentOf(folder)) {
    const place: string = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = lock[place];
    if (entry) return entry.link ? entry.resolved : place;
  }
  return undefined;
}

/** The next folder that Node.js searches; undefined after the project's own. */
function parentOf(folder: string): string | undefined {
  if (folder === '') return undefined;
  return folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : '';
}

interface LockEntry {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  /** Whether it is a package of the workspace; its folder is `resolved`. */
  readonly link?: boolean;
  readonly resolved?: string;
}

type Lock = Readonly<Record<string, LockEntry>>;

function readLock(root: string): Lock {
  return JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages;
}
