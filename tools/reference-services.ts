import { SERVICES, type ServiceName } from '../shared/downstream/services.ts';

/**
 * The services that Facet brings along, below services/: `npm start` starts them, `npm run build` bundles them, tests ask
 * them. All others of SERVICES are somewhere already, and nobody here starts them.
 */
export const REFERENCE_SERVICES = ['users', 'orders', 'catalog'] as const satisfies readonly ServiceName[];
export type ReferenceService = (typeof REFERENCE_SERVICES)[number];

/** Their ports, this much higher than those that BFFs expect them on. */
export function referencePorts(offset = 0): Readonly<Record<ReferenceService, number>> {
  const { users, orders, catalog } = SERVICES;
  return { users: users + offset, orders: orders + offset, catalog: catalog + offset };
}
