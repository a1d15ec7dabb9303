/**
 * `facet audit`: lists deployed packages with a known vulnerability of high or critical severity, according to the registry's
 * advisories. Deployed packages are those in the bundles (after `facet build`) and the production dependencies in package-lock.json.
 */
import { spawnSync } from 'node:child_process';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { z } from 'zod';
import { builtPackages } from './build/built.ts';
import { lockedPackages } from './build/packages.ts';
import { ROOT } from './project.ts';

// Overrides this machine's npm configuration: an omitted dependency type would not be audited, and an offline npm reports no
// vulnerabilities and no error.
const NPM_AUDIT = ['audit', '--json', '--offline=false', '--include=dev', '--include=optional', '--include=peer'];

/** The part of the output of `npm audit --json` that is used here. */
const auditReport = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      // An advisory, or the name of a vulnerable dependency.
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
      nodes: z.array(z.string()),
    }),
  ),
});
/** npm prints this object only if the request to the registry failed. */
const registryFailure = z.object({ message: z.string() });

const SEVERE = ['high', 'critical'];

class RegistryError extends Error {}

/** The known vulnerabilities of all installed packages. Throws RegistryError if the registry did not answer. */
function vulnerabilities() {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout, stderr, error } = spawnSync('npm', NPM_AUDIT, options);
  if (error) throw error;
  const output = parseJson(stdout);
  const report = auditReport.safeParse(output);
  if (report.success) return report.data.vulnerabilities;
  const { message } = registryFailure.safeParse(output).data ?? {};
  if (message !== undefined) throw new RegistryError(message);
  throw new Error(`${stderr}${stdout}`.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line per vulnerable deployed package. */
function deployedVulnerabilities(): string[] {
  const locked = lockedPackages(ROOT);
  const production = locked.filter((one) => one.deployed).map(({ id }) => id);
  const deployed = new Set([...production, ...[...builtPackages(ROOT).values()].flat()]);
  const idAt = new Map(locked.map(({ place, id }) => [place, id]));
  return Object.entries(vulnerabilities())
    .filter(([, { severity }]) => SEVERE.includes(severity))
    .flatMap(([name, { severity, via, nodes }]) => {
      const found = new Set(nodes.flatMap((node) => idAt.get(node) ?? []));
      if (found.size === 0) {
        throw new Error(
          `npm reports a ${severity} vulnerability in ${name}, but package-lock.json does not contain it.`,
        );
      }
      const causes = via
        .map((one) => (typeof one === 'string' ? `via ${one}` : `${one.title} (${one.url})`))
        .join('; ');
      return [...found].filter((one) => deployed.has(one)).map((one) => `${one}, ${severity}: ${causes}`);
    });
}

const COMMAND = {
  name: 'npm run audit',
  purpose:
    'Lists deployed packages with a known vulnerability of high or critical severity. Exit code 1: there are some. ' +
    'Exit code 2: the registry did not answer. Exit code 3: the audit failed for another reason.',
  examples: [['', 'after npm run build']],
} as const;

await runCommand(COMMAND, () => {
  try {
    const found = deployedVulnerabilities();
    process.stdout.write(
      found.length === 0 ? 'No deployed package has a known vulnerability of high or critical severity.\n' : '',
    );
    for (const line of found) process.stdout.write(`${line}\n`);
    process.exitCode = found.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`The audit failed: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = error instanceof RegistryError ? 2 : 3;
  }
});
