/**
 * Says which packages that are deployed have a known hole of high severity or above, by the registry's advisories: of those
 * that bundles hold, after npm run build, and of those that package-lock.json has for more than development. Exit code 1 where
 * there are some, 2 where it cannot be told.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { builtPackages } from './build/built.ts';
import { productionPackages } from './build/packages.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What npm audit --json prints, as far as it is used here. */
const answerOfNpm = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      // An advisory, or the name of another package that has one.
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
      nodes: z.array(z.string()),
    }),
  ),
});
const failureOfNpm = z.object({ message: z.string() });
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional() })),
});

const SEVERE = ['high', 'critical'];

/** The known holes of all that is installed. Throws where npm cannot tell. */
function vulnerabilities() {
  const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json'], { cwd: ROOT, encoding: 'utf8' });
  if (error) throw error;
  const printed = jsonIn(stdout);
  const answer = answerOfNpm.safeParse(printed);
  if (answer.success) return answer.data.vulnerabilities;
  throw new Error(failureOfNpm.safeParse(printed).data?.message ?? `${stderr}${stdout}`.trim());
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A line for each hole of a package that is deployed. */
function holes(): string[] {
  const { packages } = lockFile.parse(jsonIn(readFileSync(`${ROOT}package-lock.json`, 'utf8')));
  const deployed = new Set([...productionPackages(ROOT), ...[...builtPackages(ROOT).values()].flat()]);
  return Object.entries(vulnerabilities())
    .filter(([, { severity }]) => SEVERE.includes(severity))
    .flatMap(([name, { severity, via, nodes }]) => {
      const found = new Set(nodes.map((node) => `${name}@${packages[node]?.version}`));
      const why = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} (${one.url})`)).join('; ');
      return [...found].filter((one) => deployed.has(one)).map((one) => `${one}, ${severity}: ${why}`);
    });
}

try {
  const found = holes();
  process.stdout.write(
    found.length === 0 ? 'No package that is deployed has a known hole of high severity or above.\n' : '',
  );
  for (const line of found) process.stdout.write(`${line}\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`It cannot be told: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
