import { portOf } from '@facet/cli/internal/project.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import { services as declared } from '../../shared/services.ts';

/** Pods in a namespace, selected by labels. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Pods, or networks outside of the cluster (CIDR). At least one network, because a policy treats an empty list as all networks. */
export type Endpoint = Pods | { readonly networks: readonly [string, ...string[]] };

/** A server with its URL. */
export type Server = Endpoint & {
  readonly url: string;
  /** The pod's port, if the Service maps the URL's port to another one. Network policies apply to the pod's port. */
  readonly podPort?: number;
};

/** How callers are identified, see docs/how-to/identify-callers.md. */
export type Identity =
  | {
      readonly by: 'header';
      /** The networks of the gateway's pods (CIDR). Identity headers from these addresses are trusted, so no other pods may be in them. */
      readonly trustedProxies: readonly string[];
    }
  | {
      readonly by: 'jwt';
      /** The issuer's key set. Production servers require HTTPS. */
      readonly jwks: Server & { readonly url: `https://${string}` };
      readonly issuer: string;
      /** The audience of each client. Different audiences prevent using a token for another client. */
      readonly audience: (client: string) => string;
      /** The claim with the identity. Default: `sub`. */
      readonly claim?: (client: string) => string;
    };

/** The settings of an environment. A cluster's owner has to adapt only this file. */
export interface Environment {
  readonly name: 'staging' | 'production';
  readonly namespace: string;
  /** Registry of the images that images.json does not list. */
  readonly registry: string;
  /** The pods that send requests. */
  readonly gateway: Pods;
  readonly identity: Identity;
  /** The pods that scrape metrics. */
  readonly prometheus: Pods;
  readonly service: (name: string) => Server;
  /** Redis or Valkey for the shared cache. Its URL may contain a password, so it comes from a Secret. */
  readonly cache?: Endpoint & { readonly podPort: number; readonly secret: string };
  /** The trace collector, and the share of sampled traces. */
  readonly collector?: Server & { readonly share: number };
  readonly replicas: { readonly least: number; readonly most: number };
  /** CPU request of each pod. */
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
    // Two replicas, so that problems with several processes show up before production.
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
    // One in each of three zones.
    replicas: { least: 3, most: 120 },
    // A process runs one event loop, see sizes.ts.
    cpu: '1',
  },
];

function named(name: string, namespace: string): Pods {
  return { namespace, labels: { 'app.kubernetes.io/name': name } };
}

/** All services in one namespace, under their names and on the ports in shared/services.ts. */
function servicesIn(namespace: string): Environment['service'] {
  const services: ServiceRegistry = declared;
  return (name) => {
    const service = services[name];
    if (!service) throw new InputError(`shared/services.ts has no service "${name}".`);
    return { ...named(name, namespace), url: `http://${name}.${namespace}.svc.cluster.local:${portOf(service)}` };
  };
}
