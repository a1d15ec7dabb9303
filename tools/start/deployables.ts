import type { Bff } from '../../shared/server/bff.ts';
import { REFERENCE_SERVICES, type ReferenceService, referencePorts } from '../reference-services.ts';

/** One process of the system. */
export interface Deployable {
  readonly name: string;
  readonly kind: 'service' | 'bff';
  readonly port: number;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Paths below the project whose change restarts it. */
  readonly watches: readonly string[];
}

/**
 * The whole system: the reference services, and these BFFs. With an offset all its ports are that much higher, so that a
 * second one can run beside it.
 */
export function deployables(bffs: readonly Pick<Bff, 'client' | 'port'>[], offset = 0): Deployable[] {
  const ports = referencePorts(offset);
  const service = (name: ReferenceService): Deployable => ({
    name,
    kind: 'service',
    port: ports[name],
    script: `services/${name}/main.ts`,
    environment: { PORT: String(ports[name]) },
    watches: ['services'],
  });
  const bff = (name: string, port: number): Deployable => ({
    name,
    kind: 'bff',
    port,
    script: `bffs/${name}/main.ts`,
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
  return [...REFERENCE_SERVICES.map(service), ...bffs.map(({ client, port }) => bff(client, port + offset))];
}

/** A request to each client, to copy and paste. */
export const EXAMPLES = {
  mobile: {
    identity: 'X-User-Id: u_42',
    query: '{ home { greeting avatar recentOrders { id status total currency } promos { title } } }',
  },
  web: {
    identity: 'X-User-Id: u_42',
    query: '{ dashboard { profile { name } orders(first: 2) { id total { formatted } items { product { name } } } } }',
  },
  partner: {
    identity: 'X-Partner-Id: pa_1',
    query: '{ products(first: 2) { edges { node { id name price { amount currency } } } pageInfo { endCursor } } }',
  },
} as const;

export function curl(client: keyof typeof EXAMPLES, port: number): string {
  const { identity, query } = EXAMPLES[client];
  return `curl -s localhost:${port}/graphql -H 'Content-Type: application/json' -H '${identity}' -d '{"query":"${query}"}'`;
}
