import { z } from 'zod';
import type { ServiceRegistry } from '../../downstream/service-registry.ts';
import type { ServiceSettings } from '../../downstream/services.ts';

const url = z.url({ protocol: /^https?$/, error: 'not a URL such as https://users.internal' }).refine(
  (text) => {
    // zod also calls this for a text that is not a URL, which has its own problem by then.
    const { username, password, search, hash } = URL.parse(text) ?? new URL('http://none');
    return username + password + search + hash === '';
  },
  { error: 'it may have a host, a port and a path only: no user, query or fragment' },
);
const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

/** The variables of each service: its address and its connections. */
export function serviceVariables(services: ServiceRegistry): Readonly<Record<string, z.ZodType<unknown, unknown>>> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, { url: address }]) => [
      [variable(name, 'URL'), url.default(address).describe(`Address of the ${name} service.`)],
      [
        variable(name, 'CONNECTIONS'),
        z.coerce
          .number()
          .int()
          .min(1)
          .max(10_000)
          .default(64)
          .describe(`Most concurrent calls to the ${name} service, each on its own connection; others wait.`),
      ],
      [
        variable(name, 'QUEUE'),
        z.coerce.number().int().min(0).max(100_000).default(1_024).describe('Most calls that wait; others fail.'),
      ],
      [
        variable(name, 'KEEP_ALIVE_MS'),
        milliseconds
          // Shorter than the keep-alive time of common servers (Node's is 5 s), so that this side closes the connection.
          .default(4_000)
          .describe(
            `Time after which an idle connection is closed, in milliseconds, unless the service's Keep-Alive header differs.`,
          ),
      ],
      [
        variable(name, 'CONNECTION_AGE_MS'),
        milliseconds
          .default(60_000)
          .describe(`Time after which a connection is replaced, in milliseconds, so that DNS is resolved again.`),
      ],
    ]),
  );
}

/** The settings of each service. */
export function servicesIn(
  services: ServiceRegistry,
  data: Readonly<Record<string, unknown>>,
  { timeoutMs, circuitBreaker }: Pick<ServiceSettings, 'timeoutMs' | 'circuitBreaker'>,
): Readonly<Record<string, ServiceSettings>> {
  const entries = Object.keys(services).map((name): [string, ServiceSettings] => [
    name,
    {
      url: String(data[variable(name, 'URL')]),
      timeoutMs,
      circuitBreaker,
      connections: Number(data[variable(name, 'CONNECTIONS')]),
      queue: Number(data[variable(name, 'QUEUE')]),
      keepAliveMs: Number(data[variable(name, 'KEEP_ALIVE_MS')]),
      connectionAgeMs: Number(data[variable(name, 'CONNECTION_AGE_MS')]),
    },
  ]);
  return Object.fromEntries(entries);
}

/** The name of a service's variable: GIFT_CARDS_URL for gift-cards. */
export function variable(service: string, what: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_${what}`;
}
