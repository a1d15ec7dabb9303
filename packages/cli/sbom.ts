/** `facet sbom`: writes a software bill of materials for each bundle, dist/NAME.sbom.json. Run it after `facet build`. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { builtPackages } from './build/built.ts';
import { ROOT } from './project.ts';

// Reads only the lock file: npm fails if an optional dependency is not installed.
const NPM_SBOM = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];

/** The parts of a CycloneDX document that are changed here. The rest is copied from npm's output. */
interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly 'bom-ref': string; readonly version: string } };
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** npm's CycloneDX document for all packages in the lock file. Throws with npm's error output if npm fails. */
function wholeSbom(): Sbom {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const { status, stdout, stderr, error } = spawnSync('npm', NPM_SBOM, options);
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The document restricted to the packages in a bundle. `npm sbom --omit=dev` includes packages that no bundle contains. */
function sbomOf(bundle: string, packages: readonly string[], whole: Sbom): Sbom {
  const { component } = whole.metadata;
  const held = new Set([component['bom-ref'], ...packages]);
  const components = whole.components.filter((one) => held.has(one['bom-ref']));
  if (components.length !== packages.length) throw new Error(`npm's SBOM lacks some packages of the bundle ${bundle}.`);
  // npm names the root component after the directory; each bundle gets its own name.
  const name = `facet-${bundle}`;
  const own = `${name}@${component.version}`;
  return {
    ...whole,
    serialNumber: `urn:uuid:${randomUUID()}`,
    metadata: {
      ...whole.metadata,
      component: { ...component, 'bom-ref': own, name, purl: `pkg:npm/${own}` } as typeof component,
    },
    components: components.map((one) => ({ ...one, scope: 'required', properties: [] })),
    dependencies: whole.dependencies
      .filter(({ ref }) => held.has(ref))
      .map(({ ref, dependsOn }) => ({
        ref: ref === component['bom-ref'] ? own : ref,
        dependsOn: dependsOn.filter((one) => held.has(one)),
      })),
  };
}

const COMMAND = {
  name: 'npm run sbom',
  purpose: 'Writes a software bill of materials in CycloneDX format for each bundle: dist/NAME.sbom.json.',
  examples: [['', 'after npm run build']],
} as const;

await runCommand(COMMAND, () => {
  const built = builtPackages(ROOT);
  const whole = wholeSbom();
  for (const [bundle, packages] of built) {
    const file = `dist/${bundle}.sbom.json`;
    writeFileSync(ROOT + file, `${JSON.stringify(sbomOf(bundle, packages, whole), null, 2)}\n`);
    process.stdout.write(`${file}: ${packages.length} packages\n`);
  }
});
