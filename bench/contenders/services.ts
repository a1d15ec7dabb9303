import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';

const TIMEOUT_MS = 2_000;

const pools = { users: poolOf('USERS_URL'), orders: poolOf('ORDERS_URL'), catalog: poolOf('CATALOG_URL') };

/** Fetches JSON from a service over keep-alive connections. Throws for any status other than 200. */
export async function get<Body>(service: keyof typeof pools, path: string, caller: Caller): Promise<Body> {
  const headers = headersOf(service, caller);
  const { statusCode, body } = await pools[service].request({ method: 'GET', path, headers });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`${service} answered ${statusCode}.`);
  }
  return (await body.json()) as Body;
}

// The catalog is public and receives no identity header.
const headersOf = (service: keyof typeof pools, caller: Caller) =>
  service === 'catalog' ? { 'x-request-id': caller['x-request-id'] } : { ...caller };

function poolOf(variable: string): Pool {
  return new Pool(process.env[variable] ?? '', { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
}

/** The headers forwarded to services that are not public: identity and request id. */
export interface Caller {
  readonly 'x-user-id': string;
  readonly 'x-request-id': string;
}

/** Reads the forwarded headers from a request. Throws if X-User-Id is missing. */
export function callerOf(headers: IncomingHttpHeaders): Caller {
  const userId = headers['x-user-id'];
  const requestId = headers['x-request-id'];
  if (typeof userId !== 'string') throw new Error('X-User-Id is missing.');
  return { 'x-user-id': userId, 'x-request-id': typeof requestId === 'string' ? requestId : randomUUID() };
}
