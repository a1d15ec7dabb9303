import { z } from 'zod';
import type { ServiceRegistry } from '../../downstream/service-registry.ts';
import type { ServiceSettings } from '../../downstream/services.ts';

const url = z.url({ protocol: /^https?$/, error: 'not a URL such as https://users.internal' }).refine(
  (text) => {
    // What is no URL at all has been complained of already, and comes here all the same.
    const { username, password, search, hash } = URL.parse(text) ?? new URL('http://none');
    return username + password + search + hash === '';
  },
  { error: 'only a host and a path can be used: no user, query or fragment' },
);
const milliseconds = z.coerce.number().int().min(1).max(3_600_000);

/** The variables of every service, by their names: where it is, and the connections to it. */
export function serviceVariables(services: ServiceRegistry): Readonly<Record<string, z.ZodType<unknown, unknown>>> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, { url: address }]) => [
      [variable(name, 'URL'), url.default(address).describe(`Where the ${name} service is.`)],
      [
        variable(name, 'CONNECTIONS'),
        z.coerce
          .number()
          .int()
          .min(1)
          .max(10_000)
          .default(64)
          .describe(`Most calls to the ${name} service at once, a connection each; others wait.`),
      ],
      [
        variable(name, 'QUEUE'),
        z.coerce
          .number()
          .int()
          .min(0)
          .max(100_000)
          .default(1_024)
          .describe('Most calls that wait; others are refused.'),
      ],
      [
        variable(name, 'KEEP_ALIVE_MS'),
        milliseconds
          // Shorter than the idle time after which common servers hang up (Node's own is 5 s), so that we hang up first.
          .default(4_000)
          .describe(`An idle connection to it is closed after this long, unless it says otherwise.`),
      ],
      [
        variable(name, 'CONNECTION_AGE_MS'),
        milliseconds
          .default(60_000)
          .describe(`A connection to it is replaced after this long, so that its name is looked up again.`),
      ],
    ]),
  );
}

/** What the parsed variables say of every service. */
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

/** The name of a service's variable: GIFT_CARDS_URL of gift-cards. */
export function variable(service: string, what: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_${what}`;
}
