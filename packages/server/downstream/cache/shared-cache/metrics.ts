import type { Collector } from '../../../telemetry/collector.ts';
import type { SharedCache } from './shared-cache.ts';

/** Metrics of the shared cache: its lookups, its writes and its circuit. */
export function sharedCacheMetrics(shared: SharedCache): Collector[] {
  const { reads, writes } = shared;
  const single = (
    name: Collector['name'],
    type: 'counter' | 'gauge',
    help: string,
    value: () => number,
  ): Collector => ({
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
      help: 'Lookups of rows and lists that the process lacked: found, missed, unusable, or unasked because there was no reply.',
      labels: ['service', 'endpoint', 'result'],
      read: () => byName(shared),
    },
    {
      name: 'facet_shared_cache_reads_total',
      type: 'counter',
      help: 'Reads of the shared cache by outcome: ok, timeout, error, or bypassed because its circuit is open.',
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
      help: 'Duration of successful reads.',
      labels: [],
      read: () => [[{}, reads.seconds]],
    },
    single(
      'facet_shared_cache_circuit_open',
      'gauge',
      '1 while the circuit of the shared cache is open, else 0.',
      () => (reads.isClosed ? 0 : 1),
    ),
    single(
      'facet_shared_cache_circuit_openings_total',
      'counter',
      'Times that the circuit of the shared cache opened, or stayed open after a probe.',
      () => reads.openings,
    ),
    {
      name: 'facet_shared_cache_writes_total',
      type: 'counter',
      help: 'Writes to the shared cache by result: written, failed, dropped without an attempt, or too_large.',
      labels: ['result'],
      read: () => [
        [{ result: 'written' }, writes.written],
        [{ result: 'failed' }, writes.failed],
        [{ result: 'dropped' }, writes.dropped],
        [{ result: 'too_large' }, writes.tooLarge],
      ],
    },
    single('facet_shared_cache_writes_waiting', 'gauge', 'Writes that wait to be sent.', () => writes.waiting),
  ];
}

/** Adds up endpoints with the same name. */
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
