import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { Environment } from './environments.ts';

/** A client's server in one environment. */
export interface Client {
  readonly bff: Pick<Bff, 'client' | 'port'>;
  /** Those that its fields ask. */
  readonly services: readonly string[];
  readonly image: string;
  readonly environment: Environment;
}

/** Where /metrics is in every pod: each has an address of its own. */
export const METRICS_PORT = 9400;

/** By these a client's pods are told from all others. They never change: a Deployment's selector cannot. */
export function labelsOf({ bff }: Client): Record<string, string> {
  return { 'app.kubernetes.io/name': bff.client, 'app.kubernetes.io/part-of': 'facet' };
}

/** The name, place and labels of everything that a client has. */
export function metadataOf(client: Client) {
  return { name: client.bff.client, namespace: client.environment.namespace, labels: labelsOf(client) };
}
