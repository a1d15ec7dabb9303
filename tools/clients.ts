import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bff } from '../shared/server/bff.ts';

const BFFS = fileURLToPath(new URL('../bffs/', import.meta.url));

/** Every client's backend, as the folders of bffs/ say, by their ports. */
export async function allClients(): Promise<Bff[]> {
  const modules: { bff: Bff }[] = await Promise.all(
    readdirSync(BFFS).map((client) => import(`${BFFS}${client}/bff.ts`)),
  );
  return modules.map(({ bff }) => bff).sort((one, other) => one.port - other.port);
}
