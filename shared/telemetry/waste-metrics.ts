import type { Family } from './family.ts';
import type { EndpointUse, WasteMeter } from './waste-meter.ts';

/** The figures of what was measured. What is wasted is what was fetched less what was used: a ratio could not be summed up. */
export function wasteFamilies(waste: WasteMeter): Family[] {
  const family = (name: Family['name'], help: string, bytes: (use: EndpointUse) => number): Family => ({
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
