import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../shared/downstream/services.ts';
import { planOf } from '../shared/graphql/plan.ts';
import type { Bff } from '../shared/server/bff.ts';

const BFFS = fileURLToPath(new URL('../bffs/', import.meta.url));

/** Every client's backend, as the folders of bffs/ say, by their ports. */
export async function allClients(): Promise<Bff[]> {
  const modules: { bff: Bff }[] = await Promise.all(
    readdirSync(BFFS).map((client) => import(`${BFFS}${client}/bff.ts`)),
  );
  return modules.map(({ bff }) => bff).sort((one, other) => one.port - other.port);
}

/** The services that a client's fields ask, by their names. */
export function servicesOf({ resolvers }: Pick<Bff, 'resolvers'>): ServiceName[] {
  const fields = Object.values(resolvers).flatMap((type) => Object.entries(type));
  const calls = fields.flatMap(([name, resolve]) => planOf(Object(resolve), name)?.calls ?? []);
  return [...new Set(calls.map(({ endpoint }) => endpoint.service))].sort();
}
