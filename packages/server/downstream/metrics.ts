import type { Collector } from '../telemetry/collector.ts';
import type { EntityCache } from './cache/entity-cache.ts';
import type { Service, Services } from './services.ts';

/** Metrics of the load on services, and of their circuits. */
export function serviceMetrics(services: Services): Collector[] {
  const metric = (
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
    metric('facet_service_calls_in_flight', 'gauge', 'Calls in flight.', ({ load }) => load.underWay),
    metric('facet_service_calls_in_flight_limit', 'gauge', 'Most calls in flight.', ({ limit }) => limit),
    metric(
      'facet_service_calls_waiting',
      'gauge',
      'Calls that wait for one in flight to end.',
      ({ load }) => load.waiting,
    ),
    metric('facet_service_calls_waiting_limit', 'gauge', 'Most calls that wait.', ({ queue }) => queue),
    metric(
      'facet_service_circuit_open',
      'gauge',
      '1 while a circuit of the service is open because most recent calls failed, else 0.',
      ({ load }) => (load.isCircuitClosed ? 0 : 1),
    ),
    metric(
      'facet_service_circuit_openings_total',
      'counter',
      'Times that a circuit of the service opened, or stayed open after a probe.',
      ({ load }) => load.circuitOpenings,
    ),
  ];
}

/** Metrics of the entity cache: its size and its lookups. */
export function cacheMetrics(cache: EntityCache): Collector[] {
  const gauge = (name: Collector['name'], help: string, value: () => number): Collector => ({
    name,
    type: 'gauge',
    help,
    labels: [],
    read: () => [[{}, value()]],
  });
  return [
    gauge('facet_cache_bytes', 'Estimated memory of cached rows and lists.', () => cache.bytes),
    gauge('facet_cache_limit_bytes', 'Limit of that memory.', () => cache.maxBytes),
    {
      name: 'facet_cache_lookups_total',
      type: 'counter',
      help: 'Lookups of rows and lists of public endpoints: found fresh, found stale and used, or missed.',
      labels: ['service', 'endpoint', 'result'],
      read: () => byName(cache),
    },
  ];
}

/** Adds up endpoints with the same name. */
function* byName({ lookups }: EntityCache): ReturnType<Collector['read']> {
  for (const [name, group] of Map.groupBy(lookups, ({ endpoint }) => `${endpoint.service} ${endpoint.name}`)) {
    const [service = '', endpoint = ''] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)];
    for (const result of ['fresh', 'stale', 'missed'] as const) {
      yield [{ service, endpoint, result }, group.reduce((sum, use) => sum + use[result], 0)];
    }
  }
}
