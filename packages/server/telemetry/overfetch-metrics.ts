import type { Collector } from './collector.ts';
import type { EndpointUse, OverfetchMeter } from './overfetch-meter.ts';

/** The figures of what was measured. What is wasted is what was fetched less what was used: a ratio could not be summed up. */
export function overfetchMetrics(waste: OverfetchMeter): Collector[] {
  const family = (name: Collector['name'], help: string, bytes: (use: EndpointUse) => number): Collector => ({
    name,
    type: 'counter',
    help,
    labels: ['screen', 'service', 'endpoint'],
    read: () =>
      waste.screens.flatMap(({ screen, endpoints }) =>
        endpoints.map((use) => [{ screen, service: use.service, endpoint: use.endpoint }, bytes(use)] as const),
      ),
  });
  return [
    family(
      'facet_measured_fetched_bytes_total',
      'Bytes of rows that services gave to requests that were measured, where it is known what reads them.',
      ({ fetchedBytes, unstatedBytes }) => fetchedBytes - unstatedBytes,
    ),
    family(
      'facet_measured_used_bytes_total',
      'Bytes of those that a field of the operation read.',
      ({ usedBytes }) => usedBytes,
    ),
  ];
}
