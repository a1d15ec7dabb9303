import type { GraphQLSchema } from 'graphql';
import { fieldsOfSchema } from '../graphql/analysis/selected-fields.ts';
import { ClientVersions } from '../telemetry/client-versions.ts';
import { FieldUsage } from '../telemetry/field-usage.ts';
import { RequestMetrics } from '../telemetry/request-metrics.ts';

/** What is counted of every request. */
export interface RequestCounts {
  readonly clients: ClientVersions;
  readonly requests: RequestMetrics;
  readonly fields: FieldUsage;
}

export function countRequests(schema: GraphQLSchema): RequestCounts {
  const clients = new ClientVersions();
  return { clients, requests: new RequestMetrics(clients), fields: new FieldUsage(fieldsOfSchema(schema), clients) };
}
