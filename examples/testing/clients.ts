import { allClients, servicesOf } from '@facet/cli/internal/clients.ts';
import { REFERENCE_SERVICES } from './reference-services.ts';

const references = new Set<string>(REFERENCE_SERVICES);

/**
 * The clients' backends, for what has to hold of all of them: those that ask reference services alone, which a test can
 * start. One that asks another service is tested in its own folder.
 */
export const CLIENTS = (await allClients()).filter((bff) => servicesOf(bff).every((name) => references.has(name)));
