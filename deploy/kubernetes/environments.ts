import { SERVICES, type ServiceName } from '../../shared/downstream/services.ts';

/** Pods of a namespace, by their labels. */
export interface Pods {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What differs from one environment to the next: all that a cluster's owner has to look at is in this file. */
export interface Environment {
  readonly name: 'staging' | 'production';
  readonly namespace: string;
  /** Where images are, but for those that images.json names. */
  readonly registry: string;
  /** Who sends requests. `network` is that of its pods (CIDR): identity headers are believed from there alone. */
  readonly gateway: Pods & { readonly network: string };
  /** Who reads the metrics. */
  readonly prometheus: Pods;
  readonly service: (name: ServiceName) => Pods & { readonly url: string };
  /** Redis or Valkey for rows that all processes share. Its address may hold a password, and comes out of a Secret. */
  readonly cache?: Pods & { readonly port: number; readonly secret: string };
  /** Where traces go, and what share of them. */
  readonly collector?: Pods & { readonly url: string; readonly share: number };
  readonly replicas: { readonly least: number; readonly most: number };
  /** Share of a core that each pod asks for. */
  readonly cpu: string;
}

export const ENVIRONMENTS: readonly Environment[] = [
  {
    name: 'staging',
    namespace: 'facet-staging',
    registry: 'registry.example.com',
    gateway: { ...named('gateway', 'gateway-staging'), network: '10.20.0.0/24' },
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
    gateway: { ...named('gateway', 'gateway'), network: '10.10.0.0/24' },
    prometheus: named('prometheus', 'monitoring'),
    service: servicesIn('services'),
    cache: { ...named('valkey', 'cache'), port: 6379, secret: 'facet-cache' },
    collector: {
      ...named('opentelemetry-collector', 'monitoring'),
      url: 'http://opentelemetry-collector.monitoring.svc.cluster.local:4318',
      share: 0.01,
    },
    // One for each of three zones.
    replicas: { least: 3, most: 60 },
    // A process is one event loop: see sizes.ts.
    cpu: '1',
  },
];

function named(name: string, namespace: string): Pods {
  return { namespace, labels: { 'app.kubernetes.io/name': name } };
}

/** Every service under its own name in one namespace, on the port where the project has it. */
function servicesIn(namespace: string): Environment['service'] {
  return (name) => ({
    ...named(name, namespace),
    url: `http://${name}.${namespace}.svc.cluster.local:${SERVICES[name]}`,
  });
}
