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

const service = (name: string, port: number): Deployable => ({
  name,
  kind: 'service',
  port,
  script: `services/${name}/main.ts`,
  environment: {},
  watches: ['services'],
});

const bff = (name: string, port: number): Deployable => ({
  name,
  kind: 'bff',
  port,
  script: `bffs/${name}/main.ts`,
  // Every request of a browser would be a line in between.
  environment: { LOG_LEVEL: 'warn' },
  watches: [`bffs/${name}`, `schemas/${name}.graphql`, 'shared'],
});

export const DEPLOYABLES: readonly Deployable[] = [
  service('users', 3001),
  service('orders', 3002),
  service('catalog', 3003),
  bff('mobile', 4001),
  bff('web', 4002),
  bff('partner', 4003),
];

/** One request per client, to copy and paste. */
export const CURLS: Readonly<Record<string, string>> = {
  mobile: curl(
    4001,
    'X-User-Id: u_42',
    '{ home { greeting avatar recentOrders { id status total currency } promos { title } } }',
  ),
  web: curl(
    4002,
    'X-User-Id: u_42',
    '{ dashboard { profile { name } orders(first: 2) { id total { formatted } items { quantity product { name } } } } }',
  ),
  partner: curl(
    4003,
    'X-Partner-Id: pa_1',
    '{ products(first: 2) { edges { node { id name price { amount currency } } } pageInfo { endCursor } } }',
  ),
};

function curl(port: number, identity: string, query: string): string {
  return `curl -s localhost:${port}/graphql -H 'Content-Type: application/json' -H '${identity}' -d '{"query":"${query}"}'`;
}
