import { type RowSource, rowsOf } from '@facet/server/internal/downstream/batching/row-source.ts';
import { createFetcher, type Fetch } from '@facet/server/internal/downstream/fetcher.ts';
import {
  connectServices,
  disconnectServices,
  type ServiceSettings,
  type Services,
} from '@facet/server/internal/downstream/services.ts';
import type { RequestContext } from '@facet/server/internal/request/context.ts';
import { createLedger } from '@facet/server/internal/request/ledger.ts';
import { services } from './services.ts';

/** A request of m_42 with a minute of time; what a test is about overrides the rest. */
export function requestContext(
  overrides: Partial<RequestContext> & { readonly remainingMs?: () => number } = {},
): RequestContext {
  const { remainingMs = () => 60_000, ...rest } = overrides;
  return {
    identity: { header: 'X-Member-Id', id: 'm_42' },
    requestId: 'test-request',
    trace: {},
    deadline: { remainingMs },
    signal: new AbortController().signal,
    ledger: createLedger(),
    locale: 'en-US',
    ...rest,
  };
}

/** For what must not ask for anything. */
export const noRows: RowSource = {
  rows: () => Promise.reject(new Error('There is nothing to ask.')),
  page: () => Promise.reject(new Error('There is nothing to ask.')),
};

/** Services that all are at this address. */
export function servicesAt(
  url: string,
  timeoutMs = 10_000,
  pool: Partial<ServiceSettings> = {},
): Services<keyof typeof services> {
  const settings = {
    url,
    timeoutMs,
    connections: 64,
    queue: 1_024,
    keepAliveMs: 4_000,
    connectionAgeMs: 60_000,
    circuitBreaker: true,
    ...pool,
  };
  const everywhere = Object.fromEntries(Object.keys(services).map((name) => [name, settings]));
  return connectServices(everywhere as Record<keyof typeof services, ServiceSettings>);
}

/** A fetcher whose services all are at this address, and the rows that it fetches. */
export function fetcherFor(
  url: string,
  timeoutMs?: number,
  pool?: Partial<ServiceSettings>,
): AsyncDisposable & { readonly fetch: Fetch; readonly rows: RowSource } {
  const services = servicesAt(url, timeoutMs, pool);
  const fetch = createFetcher(services);
  return {
    fetch,
    rows: rowsOf(fetch),
    [Symbol.asyncDispose]: () => disconnectServices(services),
  };
}
