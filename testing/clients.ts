import { allClients } from '../tools/clients.ts';

/** Every client's backend, for what has to hold of all of them. */
export const CLIENTS = await allClients();
