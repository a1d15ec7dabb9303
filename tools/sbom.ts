import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FILE = 'dist/sbom.json';

// By the lock file alone: what is installed may lack packages that are optional to others, which npm then complains of.
const COMMAND = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];

/** As much of a CycloneDX document as is changed here; the rest of it stays as npm has it. */
interface Sbom {
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** What more than development needs, by name and version, as package-lock.json has it. */
export function deployedPackages(): ReadonlySet<string> {
  const { packages }: { readonly packages: Readonly<Record<string, { version: string; dev?: boolean }>> } = JSON.parse(
    readFileSync(`${ROOT}package-lock.json`, 'utf8'),
  );
  const places = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);
  return new Set(places.map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`));
}

/**
 * Writes what a deployed BFF is made of, as npm tells it, in CycloneDX's format. Throws with what npm says where it cannot.
 * What is for development alone is left out here: npm's own `--omit=dev` leaves out graphql too, since tools need that as well.
 */
export function writeSbom(path: string): void {
  const { status, stdout, stderr, error } = spawnSync('npm', COMMAND, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  writeFileSync(path, `${JSON.stringify(deployedOf(JSON.parse(stdout)), null, 2)}\n`);
}

function deployedOf(sbom: Sbom): Sbom {
  const { name, version }: { name: string; version: string } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const root = `${name}@${version}`;
  const deployed = new Set([root, ...deployedPackages()]);
  return {
    ...sbom,
    // npm takes the folder's name for the project's.
    metadata: { ...sbom.metadata, component: { ...sbom.metadata.component, name } },
    // A package that is there twice, for development and for more, is told once, by whichever place npm came to first.
    components: sbom.components
      .filter((component) => deployed.has(component['bom-ref']))
      .map((component) => ({ ...component, scope: 'required', properties: [] })),
    dependencies: sbom.dependencies
      .filter(({ ref }) => deployed.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => deployed.has(one)) })),
  };
}

if (import.meta.main) {
  mkdirSync(`${ROOT}dist`, { recursive: true });
  writeSbom(`${ROOT}${FILE}`);
  process.stdout.write(`${FILE}\n`);
}
