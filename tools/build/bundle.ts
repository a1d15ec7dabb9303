import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { NODE_MAJOR } from '../../shared/command/node-version.ts';
import { digestOf } from './digest.ts';
import { packagesOf, readPackages } from './packages.ts';

/** A deployable that stands in a folder of its own: all that it needs is in it, but for Node. */
export interface Built {
  readonly name: string;
  /** Size of all its files. */
  readonly bytes: number;
  /** SHA-256 of all its files, their names among them. */
  readonly digest: string;
}

/** In every bundle: the packages that it is made of, those of the sandbox's page among them. */
export const PACKAGES = 'packages.json';

/** CommonJS packages call require, which an ES module does not have. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A client's server, with its schema, screens and budget, and with the sandbox's page where that is built. */
export async function buildBff(root: string, client: string): Promise<Built> {
  const { folder, packages } = await bundle(root, client, `bffs/${client}/main.ts`, 'shared/server');
  const files = [`schemas/${client}.graphql`, `bffs/${client}/screens`, `bffs/${client}/budget.json`];
  const optional = [`bffs/${client}/documents`, 'sandbox/dist'].filter((path) => existsSync(`${root}${path}`));
  for (const path of [...files, ...optional]) cpSync(`${root}${path}`, `${folder}/${path}`, { recursive: true });
  const page = existsSync(`${root}sandbox/dist`) ? readPackages(`${root}sandbox/dist/${PACKAGES}`) : [];
  writePackages(folder, [...packages, ...page]);
  return { name: client, ...digestOf(folder) };
}

/** A reference service; its data is generated when it is started first. */
export async function buildService(root: string, service: string): Promise<Built> {
  const { folder, packages } = await bundle(root, service, `services/${service}/main.ts`, 'services/data');
  writePackages(folder, packages);
  return { name: service, ...digestOf(folder) };
}

/**
 * The code, in a folder `home` of the bundle as deep as that of the modules that look for files from where they stand:
 * their paths then lead to the same places below the bundle.
 */
async function bundle(root: string, name: string, entry: string, home: string) {
  const folder = `${root}dist/${name}`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [`${home}/server`]: entry },
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: `${home}/chunk-[hash]`,
    platform: 'node',
    format: 'esm',
    target: `node${NODE_MAJOR}`,
    sourcemap: 'linked',
    banner: { js: REQUIRE },
    // The same from any folder, whatever links lead there.
    preserveSymlinks: true,
    logLevel: 'warning',
    metafile: true,
  });
  const main = `${folder}/main.js`;
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(main, entryOf(name, `./${home}/server.js`));
  writeFileSync(
    `${folder}/package.json`,
    `${JSON.stringify({ name: `facet-${name}`, private: true, type: 'module', engines: { node: `>=${NODE_MAJOR}` } })}\n`,
  );
  return { folder, packages: packagesOf(root, Object.keys(metafile.inputs)) };
}

/** What starts a bundle. It parses on every Node that has ES modules, and says so where that is too old for the rest. */
function entryOf(name: string, server: string): string {
  return `if (Number.parseInt(process.versions.node, 10) < ${NODE_MAJOR}) {
  process.stderr.write('Node ${NODE_MAJOR} or newer is needed, and this is Node ' + process.versions.node + '. In the project: npx node dist/${name}/main.js\\n');
  process.exitCode = 1;
} else import('${server}');
`;
}

function writePackages(folder: string, packages: readonly string[]): void {
  writeFileSync(`${folder}/${PACKAGES}`, `${JSON.stringify([...new Set(packages)].sort(), null, 2)}\n`);
}
