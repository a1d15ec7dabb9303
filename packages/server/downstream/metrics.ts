import type { Collector } from '../telemetry/collector.ts';
import type { EntityCache } from './entity-cache.ts';
import type { Service, Services } from './services.ts';

/** How busy the services are kept, and which of them are left alone. */
export function serviceMetrics(services: Services): Collector[] {
  const family = (
    name: Collector['name'],
    type: Collector['type'],
    help: string,
    value: (service: Service) => number,
  ): Collector => ({
    name,
    type,
    help,
    labels: ['service'],
    read: () => Object.entries(services).map(([name, service]) => [{ service: name }, value(service)] as const),
  });
  return [
    family('facet_service_calls_in_flight', 'gauge', 'Calls under way.', ({ load }) => load.underWay),
    family('facet_service_calls_in_flight_limit', 'gauge', 'Most calls under way at once.', ({ limit }) => limit),
    family(
      'facet_service_calls_waiting',
      'gauge',
      'Calls that wait for one under way to end.',
      ({ load }) => load.waiting,
    ),
    family('facet_service_calls_waiting_limit', 'gauge', 'Most calls that wait.', ({ queue }) => queue),
    family(
      'facet_service_circuit_open',
      'gauge',
      '1 while a service is left alone that failed most calls, else 0.',
      ({ load }) => (load.isCircuitClosed ? 0 : 1),
    ),
    family(
      'facet_service_circuit_openings_total',
      'counter',
      'Times that a service began, or went on, to be left alone.',
      ({ load }) => load.circuitOpenings,
    ),
  ];
}

/** What the entity cache holds, and how often it had what was looked for. */
export function cacheMetrics(cache: EntityCache): Collector[] {
  const gauge = (name: Collector['name'], help: string, value: () => number): Collector => ({
    name,
    type: 'gauge',
    help,
    labels: [],
    read: () => [[{}, value()]],
  });
  return [
    gauge('facet_cache_bytes', 'Memory of kept rows and lists, estimated.', () => cache.bytes),
    gauge('facet_cache_limit_bytes', 'Most of it.', () => cache.maxBytes),
    {
      name: 'facet_cache_lookups_total',
      type: 'counter',
      help: 'Rows and lists of public endpoints that were looked for: found fresh, found stale and used, or missed.',
      labels: ['service', 'endpoint', 'result'],
      read: () => byName(cache),
    },
  ];
}

/** Endpoints of one name are one figure. */
function* byName({ lookups }: EntityCache): ReturnType<Collector['read']> {
  for (const [name, group] of Map.groupBy(lookups, ({ endpoint }) => `${endpoint.service} ${endpoint.name}`)) {
    const [service = '', endpoint = ''] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)];
    for (const result of ['fresh', 'stale', 'missed'] as const) {
      yield [{ service, endpoint, result }, group.reduce((sum, use) => sum + use[result], 0)];
    }
  }
}
