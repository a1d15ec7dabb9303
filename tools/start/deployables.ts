import { existsSync } from 'node:fs';
import { FRONTENDS } from '../../examples/frontends.ts';
import type { Bff } from '../../shared/server/bff.ts';
import { REFERENCE_SERVICES, type ReferenceService, referencePorts } from '../reference-services.ts';

/** One process of the system. */
export interface Deployable {
  readonly name: string;
  readonly kind: 'service' | 'bff' | 'frontend';
  /** What there is to see at its port. */
  readonly shows: string;
  readonly port: number;
  /** The path that answers 200 once it is ready. */
  readonly readyAt: string;
  readonly script: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What has to be there for it to run, and the command that makes it. */
  readonly needs?: { readonly path: string; readonly madeBy: string };
  /** Paths below the project whose change restarts it; a frontend's own server sees to that. */
  readonly watches: readonly string[];
}

/**
 * The whole system: the reference services, these BFFs, and the example frontends of theirs. With an offset all its ports
 * are that much higher, so that a second one can run beside it. `watching` has the frontends change as their sources do.
 */
export function deployables(
  bffs: readonly Pick<Bff, 'client' | 'port'>[],
  { offset = 0, watching = false }: { readonly offset?: number; readonly watching?: boolean } = {},
): Deployable[] {
  const ports = referencePorts(offset);
  const service = (name: ReferenceService): Deployable => ({
    name,
    kind: 'service',
    shows: 'REST service',
    port: ports[name],
    readyAt: '/readyz',
    script: `services/${name}/main.ts`,
    parameters: [],
    environment: { PORT: String(ports[name]) },
    watches: ['services'],
  });
  const bff = (name: string, port: number): Deployable => ({
    name,
    kind: 'bff',
    shows: 'GraphQL at /graphql, sandbox at /',
    port,
    readyAt: '/readyz',
    script: `bffs/${name}/main.ts`,
    parameters: [],
    environment: {
      PORT: String(port),
      USERS_URL: `http://localhost:${ports.users}`,
      ORDERS_URL: `http://localhost:${ports.orders}`,
      CATALOG_URL: `http://localhost:${ports.catalog}`,
      // Every request of a browser would be a line in between.
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
      LOG_FORMAT: process.env['LOG_FORMAT'] ?? 'pretty',
    },
    watches: [`bffs/${name}`, `schemas/${name}.graphql`, 'shared'],
  });
  const frontend = ({ name, port, shows }: (typeof FRONTENDS)[number], bffPort: number): Deployable => ({
    name,
    kind: 'frontend',
    shows,
    port: port + offset,
    readyAt: '/',
    script: 'node_modules/vite/bin/vite.js',
    parameters: [...(watching ? [] : ['preview']), '--config', `examples/${name}/vite.config.ts`],
    // Vite's own server bundles the sources; its preview serves what is bundled.
    ...(watching ? {} : { needs: { path: `examples/${name}/dist/index.html`, madeBy: 'npm run build:examples' } }),
    environment: { PORT: String(port + offset), BFF_URL: `http://localhost:${bffPort + offset}` },
    watches: [],
  });
  return [
    ...REFERENCE_SERVICES.map(service),
    ...bffs.map(({ client, port }) => bff(client, port + offset)),
    ...FRONTENDS.flatMap((one) =>
      bffs.filter(({ client }) => client === one.client).map(({ port }) => frontend(one, port)),
    ),
  ];
}

/** The deployables that can run, and a line for each example frontend that cannot, because its page is not built. */
export function withoutUnbuilt(
  all: readonly Deployable[],
  root: string,
): { readonly built: readonly Deployable[]; readonly problems: readonly string[] } {
  const isBuilt = ({ needs }: Deployable) => needs === undefined || existsSync(root + needs.path);
  const problems = all
    .filter((one) => !isBuilt(one))
    .map(({ name, needs }) => `${name} is left out: there is no ${needs?.path}. Make it: ${needs?.madeBy}`);
  return { built: all.filter(isBuilt), problems };
}

/** A query of some clients, to copy and paste; of others their first screen is shown. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  mobile: '{ home { greeting avatar recentOrders { id status total currency } promos { title } } }',
  web: '{ dashboard { profile { name } orders(first: 2) { id total { formatted } items { product { name } } } } }',
  partner: '{ products(first: 2) { edges { node { id name price { amount currency } } } pageInfo { endCursor } } }',
};
