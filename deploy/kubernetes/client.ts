import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { Environment } from './environments.ts';

/** A client's BFF in one environment. */
export interface Client {
  readonly bff: Pick<Bff, 'client' | 'port'>;
  /** Names of the services that its fields call. */
  readonly services: readonly string[];
  readonly image: string;
  readonly environment: Environment;
}

/** Port of /metrics in every pod. */
export const METRICS_PORT = 9400;

/** Labels that select a client's pods. They must never change, because a Deployment's selector is immutable. */
export function labelsOf({ bff }: Client): Record<string, string> {
  return { 'app.kubernetes.io/name': bff.client, 'app.kubernetes.io/part-of': 'facet' };
}

/** The common metadata of a client's objects. */
export function metadataOf(client: Client) {
  return { name: client.bff.client, namespace: client.environment.namespace, labels: labelsOf(client) };
}
