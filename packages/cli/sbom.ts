/** Writes what each bundle is made of beside it, after npm run build: dist/NAME.sbom.json. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { builtPackages } from './build/built.ts';
import { ROOT } from './project.ts';

// By the lock file alone: what is installed may lack packages that are optional to others, which npm then complains of.
const NPM_SBOM = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];

/** As much of a CycloneDX document as is changed here; the rest of it stays as npm has it. */
interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly 'bom-ref': string; readonly version: string } };
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** All that the lock file has, as npm tells it in CycloneDX's format. Throws with what npm says where it cannot. */
function wholeSbom(): Sbom {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const { status, stdout, stderr, error } = spawnSync('npm', NPM_SBOM, options);
  if (error) throw error;
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/**
 * The part of it that is in a bundle. npm's own `--omit=dev` would be another one: it has packages that no bundle holds.
 */
function sbomOf(bundle: string, packages: readonly string[], whole: Sbom): Sbom {
  const { component } = whole.metadata;
  const held = new Set([component['bom-ref'], ...packages]);
  const components = whole.components.filter((one) => held.has(one['bom-ref']));
  if (components.length !== packages.length) throw new Error(`npm's SBOM has not all that ${bundle} is made of.`);
  // Each bundle is a component of its own; npm takes the folder's name for the project's.
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
  purpose: 'Writes what each bundle is made of beside it, in the format of CycloneDX: dist/NAME.sbom.json.',
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
