import { Pool } from 'undici';

/** Every service there is, with the port where the reference one listens. A service is added here and nowhere else. */
export const SERVICES = { users: 3001, orders: 3002, catalog: 3003 } as const;
export type ServiceName = keyof typeof SERVICES;

export interface ServiceSettings {
  readonly url: string;
  /** Longest time for one call. */
  readonly timeoutMs: number;
  /** Most connections; calls past that wait in the pool, within their own time. */
  readonly connections: number;
  /** An idle connection is closed after this long, or as the service's Keep-Alive header says. */
  readonly keepAliveMs: number;
  /** A connection is replaced after this long, so that the service's name is looked up again. */
  readonly connectionAgeMs: number;
}

/** A service as the fetcher sees it: a pool of connections, and how long a call may take. */
export interface Service {
  readonly pool: Pool;
  /** Path of the service's URL, put before every endpoint's path; '' where it has none. */
  readonly basePath: string;
  readonly timeoutMs: number;
}

export type Services = Readonly<Record<ServiceName, Service>>;

/**
 * One pool per service; nothing is connected before the first call. Calls are not pipelined: that saves no time that can
 * be measured, and one that is given up would take the others on its connection with it.
 */
export function connectServices(settings: Readonly<Record<ServiceName, ServiceSettings>>): Services {
  const entries = Object.entries(settings).map(
    ([name, { url, timeoutMs, connections, keepAliveMs, connectionAgeMs }]) => {
      const { origin, pathname } = new URL(url);
      const pool = new Pool(origin, {
        connections,
        pipelining: 1,
        keepAliveTimeout: keepAliveMs,
        clientTtl: connectionAgeMs,
        connectTimeout: timeoutMs,
        // The fetcher bounds the whole call, more strictly and more exactly than these could.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      return [name, { pool, basePath: pathname.replace(/\/+$/, ''), timeoutMs }];
    },
  );
  return Object.fromEntries(entries);
}

/** Closes all pools: calls under way are cut off. */
export async function disconnectServices(services: Services): Promise<void> {
  await Promise.all(Object.values(services).map(({ pool }) => pool.destroy()));
}
