import type { Family } from './family.ts';

/** What screens fetched and what of it they used, as far as it was measured. */
export interface Waste {
  readonly screens: readonly {
    readonly screen: string;
    readonly endpoints: readonly {
      readonly service: string;
      readonly endpoint: string;
      readonly fetchedBytes: number;
      readonly usedBytes: number;
      /** Of the fetched ones, those that may be used or not, since a resolver does not say what it reads. */
      readonly unstatedBytes: number;
    }[];
  }[];
}

type Use = Waste['screens'][number]['endpoints'][number];

/** The figures of what was measured. What is wasted is what was fetched less what was used: a ratio could not be summed up. */
export function wasteFamilies(waste: Waste): Family[] {
  const family = (name: Family['name'], help: string, bytes: (use: Use) => number): Family => ({
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
