import { CallerGoneError } from '../request/errors.ts';
import { CallMetrics } from '../telemetry/call-metrics.ts';
import { Connections } from './http/connections.ts';

export interface ServiceSettings {
  readonly url: string;
  /** Longest time for one call, in milliseconds. */
  readonly timeoutMs: number;
  /** Most connections, and so most concurrent calls. Further calls wait, within their own timeout. */
  readonly connections: number;
  /** Most calls that wait. Further calls are rejected. */
  readonly queue: number;
  /** An idle connection is closed after this many milliseconds, or as the service's Keep-Alive header says. */
  readonly keepAliveMs: number;
  /** A connection is replaced after this many milliseconds, so that the service's name is resolved again. */
  readonly connectionAgeMs: number;
  /** Whether a circuit opens while most recent calls to an endpoint fail. */
  readonly circuitBreaker: boolean;
}

/** The current load and health of a service, for policies and metrics. */
export interface ServiceLoad {
  /** Concurrent calls. */
  underWay: number;
  /** Calls that wait for one of those to end. */
  waiting: number;
  isCircuitClosed: boolean;
  /** Number of times that a circuit opened. */
  circuitOpenings: number;
}

/** A service as the fetcher sees it. */
export interface Service extends Pick<ServiceSettings, 'timeoutMs' | 'queue' | 'circuitBreaker'> {
  readonly connections: Connections;
  /** Most concurrent calls, each on its own connection. */
  readonly limit: number;
  /** Path of the service's URL, which precedes every endpoint's path; '' if it has none. */
  readonly basePath: string;
  readonly load: ServiceLoad;
  readonly calls: CallMetrics;
}

/** Services by name. */
export type Services<Name extends string = string> = Readonly<Record<Name, Service>>;

/** Connections of its own for each service; nothing is connected before the first call. */
export function connectServices<Name extends string>(
  settings: Readonly<Record<Name, ServiceSettings>>,
): Services<Name> {
  const entries = Object.entries<ServiceSettings>(settings).map(([name, one]) => [name, connectService(one)]);
  return Object.fromEntries(entries) as Services<Name>;
}

/** Returns the service with this name. Throws if it is not declared. */
export function serviceNamed<One>(services: Readonly<Record<string, One>>, name: string): One {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) throw new Error(`The service "${name}" is not declared.`);
  return service;
}

function connectService(settings: ServiceSettings): Service {
  const { url, timeoutMs, connections: limit, queue, keepAliveMs, connectionAgeMs, circuitBreaker } = settings;
  const { origin, pathname } = new URL(url);
  const connections = new Connections(origin, { timeoutMs, keepAliveMs, connectionAgeMs });
  const load = { underWay: 0, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 };
  const basePath = pathname.replace(/(?<!\/)\/+$/, '');
  return { connections, basePath, timeoutMs, limit, queue, circuitBreaker, load, calls: new CallMetrics() };
}

/** Closes all connections. Calls in flight reject with CallerGoneError: they neither count as failures nor are retried. */
export async function disconnectServices(services: Services): Promise<void> {
  const reason = new CallerGoneError();
  await Promise.all(Object.values(services).map(({ connections }) => connections.close(reason)));
}
