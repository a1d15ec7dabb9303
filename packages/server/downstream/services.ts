import { CallerGoneError } from '../request/errors.ts';
import { CallMetrics } from '../telemetry/call-metrics.ts';
import { Connections } from './connections.ts';

export interface ServiceSettings {
  readonly url: string;
  /** Longest time for one call. */
  readonly timeoutMs: number;
  /** Most connections, and calls under way at once; those past that wait, within their own time. */
  readonly connections: number;
  /** Most calls that wait; those past that are refused. */
  readonly queue: number;
  /** An idle connection is closed after this long, or as the service's Keep-Alive header says. */
  readonly keepAliveMs: number;
  /** A connection is replaced after this long, so that the service's name is looked up again. */
  readonly connectionAgeMs: number;
  /** Whether a service that fails most of its calls is left alone for a while. */
  readonly circuitBreaker: boolean;
}

/** How a service fares, for those who decide by it and those who watch it. */
export interface ServiceLoad {
  /** Calls under way. */
  underWay: number;
  /** Calls that wait for one of those to end. */
  waiting: number;
  isCircuitClosed: boolean;
  /** How often the circuit was opened. */
  circuitOpenings: number;
}

/** A service as the fetcher sees it. */
export interface Service extends Pick<ServiceSettings, 'timeoutMs' | 'queue' | 'circuitBreaker'> {
  readonly connections: Connections;
  /** Most calls under way at once, each on a connection of its own. */
  readonly limit: number;
  /** Path of the service's URL, put before every endpoint's path; '' where it has none. */
  readonly basePath: string;
  readonly load: ServiceLoad;
  readonly calls: CallMetrics;
}

/** By name. */
export type Services<Name extends string = string> = Readonly<Record<Name, Service>>;

/** Connections of its own for each service; nothing is connected before the first call. */
export function connectServices<Name extends string>(
  settings: Readonly<Record<Name, ServiceSettings>>,
): Services<Name> {
  const entries = Object.entries<ServiceSettings>(settings).map(([name, one]) => [name, connectService(one)]);
  return Object.fromEntries(entries) as Services<Name>;
}

/** One of several services. Throws for a name that was not declared. */
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

/** Closes all connections. Calls under way are cut off: they are nobody's any more, and neither ill nor to be retried. */
export async function disconnectServices(services: Services): Promise<void> {
  const reason = new CallerGoneError();
  await Promise.all(Object.values(services).map(({ connections }) => connections.close(reason)));
}
