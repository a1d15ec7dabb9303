import { Pool } from 'undici';
import type { Caller } from './caller.ts';

const TIMEOUT_MS = 2_000;

const pools = { users: poolOf('USERS_URL'), orders: poolOf('ORDERS_URL'), catalog: poolOf('CATALOG_URL') };

/** The JSON at a path of a service, over kept-alive connections; throws where the service does not answer 200. */
export async function get<Body>(service: keyof typeof pools, path: string, caller: Caller): Promise<Body> {
  const headers = headersOf(service, caller);
  const { statusCode, body } = await pools[service].request({ method: 'GET', path, headers });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`${service} answered ${statusCode}.`);
  }
  return (await body.json()) as Body;
}

// The catalog is the same for everybody and is not told who asks.
const headersOf = (service: keyof typeof pools, caller: Caller) =>
  service === 'catalog' ? { 'x-request-id': caller['x-request-id'] } : { ...caller };

function poolOf(variable: string): Pool {
  return new Pool(process.env[variable] ?? '', { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
}
