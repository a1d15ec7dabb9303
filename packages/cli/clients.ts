import { existsSync, readdirSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { planOfEntry } from '@facet/server/internal/graphql/plan.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { ROOT } from './project.ts';

/** The names of all clients: the directories in bffs/. Throws an InputError if one has no bff.ts. */
export function clientNames(root = ROOT): string[] {
  const directories = readdirSync(`${root}bffs`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = directories.map(({ name }) => name).sort();
  const empty = names.filter((name) => !existsSync(`${root}bffs/${name}/bff.ts`));
  if (empty.length === 0) return names;
  const problems = empty.map(
    (name) =>
      `bffs/${name} has no bff.ts. If the client was removed, delete its ignored files: git clean -dfX bffs/${name}`,
  );
  throw new InputError(problems.join('\n'));
}

/** The BFFs of all directories in bffs/, sorted by port. Throws an InputError that lists all wrong names and duplicate ports. */
export async function allClients(root = ROOT): Promise<Bff[]> {
  const found = await Promise.all(
    clientNames(root).map(async (name) => {
      const { bff }: { bff: Bff } = await import(`${root}bffs/${name}/bff.ts`);
      return { name, bff };
    }),
  );
  const problems = found
    .filter(({ name, bff }) => bff.client !== name)
    .map(
      ({ name, bff }) => `bffs/${name}/bff.ts: client is '${bff.client}' but must be the directory's name, '${name}'.`,
    );
  for (const [port, same] of Map.groupBy(found, ({ bff }) => bff.port)) {
    if (same.length > 1)
      problems.push(`Port ${port} is used by ${same.map(({ name }) => `bffs/${name}/bff.ts`).join(' and ')}.`);
  }
  if (problems.length > 0) throw new InputError(problems.join('\n'));
  return found.map(({ bff }) => bff).sort((one, other) => one.port - other.port);
}

/** Names of the services that a client's fields call, sorted. */
export function servicesOf({ resolvers }: Pick<Bff, 'resolvers'>): string[] {
  const entries = Object.values(resolvers).flatMap((type) => Object.values(type));
  const calls = entries.flatMap((entry) => planOfEntry(entry)?.calls ?? []);
  return [...new Set(calls.map(({ endpoint }) => endpoint.service))].sort();
}
