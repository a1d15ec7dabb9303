import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NODE_MAJOR } from '@facet/server/internal/command/node-version.ts';
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';
import type { ServiceProcess } from '../config.ts';
import { digestOf } from './digest.ts';
import { packagesOf } from './packages.ts';

/** A bundle in a directory of its own. It needs only Node.js to run. */
export interface Built {
  readonly name: string;
  /** Size of all its files. */
  readonly bytes: number;
  /** SHA-256 of the names and contents of all its files. */
  readonly digest: string;
}

/** The file in each bundle that lists the packages in it. */
export const PACKAGES = 'packages.json';

/** CommonJS packages call require, which an ES module does not have. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** Bundles a client's server with its schema, screens and budget, without the sandbox. */
export async function buildBff(root: string, client: string): Promise<Built> {
  const { folder, packages } = await bundle(root, client, `bffs/${client}/main.ts`);
  const files = [`schemas/${client}.graphql`, `bffs/${client}/screens`, `bffs/${client}/budget.json`];
  const optional = [`bffs/${client}/documents`].filter((path) => existsSync(`${root}${path}`));
  for (const path of [...files, ...optional]) cpSync(`${root}${path}`, `${folder}/${path}`, { recursive: true });
  writePackages(folder, packages);
  return { name: client, ...digestOf(folder) };
}

/** Bundles a service of facet.config.ts. */
export async function buildService(root: string, { name, script }: ServiceProcess): Promise<Built> {
  const { folder, packages } = await bundle(root, name, script);
  writePackages(folder, packages);
  return { name, ...digestOf(folder) };
}

/**
 * Bundles the code into the directory of its entry, so that its modules find files at the same relative paths in the bundle as in the
 * project.
 */
async function bundle(root: string, name: string, entry: string) {
  const home = dirname(entry);
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
    // Stack traces name files and lines. The sources themselves are in the repository.
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: REQUIRE },
    // The same bundle from any directory, also through symbolic links.
    preserveSymlinks: true,
    logLevel: 'warning',
    metafile: true,
  });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.map')) leaveOutPackages(`${folder}/${file}`);
  }
  const main = `${folder}/main.js`;
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(main, entryOf(name, `./${home}/server.js`));
  writeFileSync(
    `${folder}/package.json`,
    `${JSON.stringify({ name: `facet-${name}`, private: true, type: 'module', engines: { node: `>=${NODE_MAJOR}` } })}\n`,
  );
  return { folder, packages: packagesOf(root, Object.keys(metafile.inputs)) };
}

/**
 * Removes the positions of node_modules from a source map: they are nine tenths of it. A stack then names files and lines of the
 * project and of Facet, and for other packages the function and its position in the bundle.
 */
function leaveOutPackages(path: string): void {
  const map = JSON.parse(readFileSync(path, 'utf8'));
  const sources: readonly string[] = map.sources;
  const isMapped = sources.map((source) => !/\/node_modules\/(?!@facet\/[^/]+\/(?!.*\/node_modules\/))/.test(source));
  const kept = sources.flatMap((_, index) => (isMapped[index] ? [index] : []));
  const indexOf = new Map(kept.map((old, index) => [old, index]));
  const lines = decode(map.mappings).map((segments) => {
    const line: SourceMapSegment[] = [];
    for (const [column, source, row = 0, sourceColumn = 0] of segments) {
      const index = source === undefined ? undefined : indexOf.get(source);
      if (index !== undefined) line.push([column, index, row, sourceColumn]);
      // Ends the segment before it. A run of them says nothing more than the first one.
      else if (line.at(-1)?.length !== 1) line.push([column]);
    }
    return line;
  });
  const content = { ...map, sources: kept.map((index) => sources[index]), names: [], mappings: encode(lines) };
  writeFileSync(path, `${JSON.stringify(content)}\n`);
}

/** The entry of a bundle. It parses on every Node.js with ES modules, and reports a version that is too old for the rest. */
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
