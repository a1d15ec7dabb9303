/**
 * Says which packages that are deployed have a known hole of high severity or above, by the registry's advisories: of those
 * that bundles hold, after npm run build, and of those that package-lock.json has for more than development. Exit code 1 where
 * there are some, 2 where the registry does not tell, 3 where it cannot be told for a reason of this machine's or this project's.
 */
import { spawnSync } from 'node:child_process';
import { runCommand } from '@facet/server/internal/command/command.ts';
import { z } from 'zod';
import { builtPackages } from './build/built.ts';
import { lockedPackages } from './build/packages.ts';
import { ROOT } from './project.ts';

// Whatever this machine leaves out of installations: all of it counts. Offline, npm knows of no holes and does not say why.
const NPM_AUDIT = ['audit', '--json', '--offline=false', '--include=dev', '--include=optional', '--include=peer'];

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
/** And where asking the registry has failed; of all other failures it prints something else. */
const noAnswerOfNpm = z.object({ message: z.string() });

const SEVERE = ['high', 'critical'];

class RegistryError extends Error {}

/** The known holes of all that is installed. Throws RegistryError where the registry does not tell. */
function vulnerabilities() {
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout, stderr, error } = spawnSync('npm', NPM_AUDIT, options);
  if (error) throw error;
  const printed = jsonIn(stdout);
  const answer = answerOfNpm.safeParse(printed);
  if (answer.success) return answer.data.vulnerabilities;
  const { message } = noAnswerOfNpm.safeParse(printed).data ?? {};
  if (message !== undefined) throw new RegistryError(message);
  throw new Error(`${stderr}${stdout}`.trim());
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
  const locked = lockedPackages(ROOT);
  const production = locked.filter((one) => one.deployed).map(({ id }) => id);
  const deployed = new Set([...production, ...[...builtPackages(ROOT).values()].flat()]);
  const idAt = new Map(locked.map(({ place, id }) => [place, id]));
  return Object.entries(vulnerabilities())
    .filter(([, { severity }]) => SEVERE.includes(severity))
    .flatMap(([name, { severity, via, nodes }]) => {
      const found = new Set(nodes.flatMap((node) => idAt.get(node) ?? []));
      if (found.size === 0) throw new Error(`package-lock.json has not ${name}, which has a hole, ${severity}.`);
      const why = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} (${one.url})`)).join('; ');
      return [...found].filter((one) => deployed.has(one)).map((one) => `${one}, ${severity}: ${why}`);
    });
}

const COMMAND = {
  name: 'npm run audit',
  purpose:
    'Says which packages that are deployed have a known hole of high severity or above. Exit code 1: some have. ' +
    'Exit code 2: the registry does not tell. Exit code 3: it cannot be told for another reason.',
  examples: [['', 'after npm run build']],
} as const;

await runCommand(COMMAND, () => {
  try {
    const found = holes();
    process.stdout.write(
      found.length === 0 ? 'No package that is deployed has a known hole of high severity or above.\n' : '',
    );
    for (const line of found) process.stdout.write(`${line}\n`);
    process.exitCode = found.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`It cannot be told: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = error instanceof RegistryError ? 2 : 3;
  }
});
