import type { Collector } from '../../telemetry/collector.ts';
import type { SharedCache } from './shared-cache.ts';

/** How often the shared cache had what was looked for, and how it fares. */
export function sharedCacheMetrics(shared: SharedCache): Collector[] {
  const { reads, writes } = shared;
  const one = (name: Collector['name'], type: 'counter' | 'gauge', help: string, value: () => number): Collector => ({
    name,
    type,
    help,
    labels: [],
    read: () => [[{}, value()]],
  });
  return [
    {
      name: 'facet_shared_cache_lookups_total',
      type: 'counter',
      help: 'Rows and lists that the process lacked: found there, missed, unusable, or unasked since it gave no answer.',
      labels: ['service', 'endpoint', 'result'],
      read: () => byName(shared),
    },
    {
      name: 'facet_shared_cache_reads_total',
      type: 'counter',
      help: 'Looks into the shared cache by outcome: ok, timeout, error, or bypassed since it is left alone.',
      labels: ['outcome'],
      read: () => [
        [{ outcome: 'ok' }, reads.answered],
        [{ outcome: 'timeout' }, reads.timedOut],
        [{ outcome: 'error' }, reads.failed],
        [{ outcome: 'bypassed' }, reads.bypassed],
      ],
    },
    {
      name: 'facet_shared_cache_read_duration_seconds',
      type: 'histogram',
      help: 'Time that a look took which was answered.',
      labels: [],
      read: () => [[{}, reads.seconds]],
    },
    one('facet_shared_cache_circuit_open', 'gauge', '1 while the shared cache is left alone, else 0.', () =>
      reads.isClosed ? 0 : 1,
    ),
    one(
      'facet_shared_cache_circuit_openings_total',
      'counter',
      'Times that the shared cache began, or went on, to be left alone.',
      () => reads.openings,
    ),
    {
      name: 'facet_shared_cache_writes_total',
      type: 'counter',
      help: 'Changes of the shared cache by result: written, failed, dropped without being tried, or too_large.',
      labels: ['result'],
      read: () => [
        [{ result: 'written' }, writes.written],
        [{ result: 'failed' }, writes.failed],
        [{ result: 'dropped' }, writes.dropped],
        [{ result: 'too_large' }, writes.tooLarge],
      ],
    },
    one('facet_shared_cache_writes_waiting', 'gauge', 'Changes that wait to be written.', () => writes.waiting),
  ];
}

/** Endpoints of one name are one figure. */
function* byName({ lookups }: SharedCache): ReturnType<Collector['read']> {
  for (const group of Map.groupBy(lookups, ({ endpoint }) => `${endpoint.service} ${endpoint.name}`).values()) {
    const [first] = group;
    if (!first) continue;
    const { service, name: endpoint } = first.endpoint;
    for (const result of ['found', 'missed', 'unusable', 'unasked'] as const) {
      yield [{ service, endpoint, result }, group.reduce((sum, use) => sum + use[result], 0)];
    }
  }
}
