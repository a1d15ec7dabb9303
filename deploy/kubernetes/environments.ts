import { portOf } from '@facet/cli/internal/project.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import { services as declared } from '../../shared/services.ts';

/** Pods of a namespace, by their labels. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Pods, or addresses that are no pods of this cluster (CIDR); one at least, since a policy takes none for all there are. */
export type Place = Pods | { readonly networks: readonly [string, ...string[]] };

/** Something that is asked at an address. */
export type Server = Place & {
  readonly url: string;
  /**
   * The port on which it listens itself, where a Service leads from the URL's to another: a policy is about connections as they
   * are once the Service has chosen a pod.
   */
  readonly podPort?: number;
};

/** How callers are known, as docs/how-to/identify-callers.md has it. */
export type Identity =
  | {
      readonly by: 'header';
      /** The networks of the gateway's pods (CIDR), and of nobody else: identity headers are believed from there. */
      readonly trustedProxies: readonly string[];
    }
  | {
      readonly by: 'jwt';
      /** Where the keys of the tokens' issuer are. In production a server takes them by HTTPS alone. */
      readonly jwks: Server & { readonly url: `https://${string}` };
      readonly issuer: string;
      /** Each client has one of its own: a token for one of them is worth nothing to the others. */
      readonly audience: (client: string) => string;
      /** The claim that says who it is; `sub` where there is none. */
      readonly claim?: (client: string) => string;
    };

/** What differs from one environment to the next: all that a cluster's owner has to look at is in this file. */
export interface Environment {
  readonly name: 'staging' | 'production';
  readonly namespace: string;
  /** Where images are, but for those that images.json names. */
  readonly registry: string;
  /** Who sends requests. */
  readonly gateway: Pods;
  readonly identity: Identity;
  /** Who reads the metrics. */
  readonly prometheus: Pods;
  readonly service: (name: string) => Server;
  /** Redis or Valkey for rows that all processes share. Its address may hold a password, and comes out of a Secret. */
  readonly cache?: Place & { readonly podPort: number; readonly secret: string };
  /** Where traces go, and what share of them. */
  readonly collector?: Server & { readonly share: number };
  readonly replicas: { readonly least: number; readonly most: number };
  /** Share of a core that each pod asks for. */
  readonly cpu: string;
}

export const ENVIRONMENTS: readonly Environment[] = [
  {
    name: 'staging',
    namespace: 'facet-staging',
    registry: 'registry.example.com',
    gateway: named('gateway', 'gateway-staging'),
    identity: { by: 'header', trustedProxies: ['10.20.0.0/24'] },
    prometheus: named('prometheus', 'monitoring'),
    service: servicesIn('services-staging'),
    // Two, so that whatever goes wrong with more than one of them does so before production.
    replicas: { least: 2, most: 3 },
    cpu: '100m',
  },
  {
    name: 'production',
    namespace: 'facet',
    registry: 'registry.example.com',
    gateway: named('gateway', 'gateway'),
    identity: { by: 'header', trustedProxies: ['10.10.0.0/24'] },
    prometheus: named('prometheus', 'monitoring'),
    service: servicesIn('services'),
    cache: { ...named('valkey', 'cache'), podPort: 6379, secret: 'facet-cache' },
    collector: {
      ...named('opentelemetry-collector', 'monitoring'),
      url: 'http://opentelemetry-collector.monitoring.svc.cluster.local:4318',
      share: 0.01,
    },
    // One for each of three zones.
    replicas: { least: 3, most: 120 },
    // A process is one event loop: see sizes.ts.
    cpu: '1',
  },
];

function named(name: string, namespace: string): Pods {
  return { namespace, labels: { 'app.kubernetes.io/name': name } };
}

/** Every service under its own name in one namespace, on the port where the project has it. */
function servicesIn(namespace: string): Environment['service'] {
  const services: ServiceRegistry = declared;
  return (name) => {
    const service = services[name];
    if (!service) throw new InputError(`There is no service ${name} in shared/services.ts.`);
    return { ...named(name, namespace), url: `http://${name}.${namespace}.svc.cluster.local:${portOf(service)}` };
  };
}
