import type { ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { fieldsOfSchema } from '../../graphql/analysis/selected-fields.ts';
import { ErrorCode } from '../../request/errors.ts';
import type { LedgerEntry } from '../../request/ledger.ts';
import type { Outcome } from '../../telemetry/client-versions.ts';
import { ClientVersions, clientOf } from '../../telemetry/client-versions.ts';
import { FieldUsage } from '../../telemetry/field-usage.ts';
import { type Logger, REQUEST_LINE } from '../../telemetry/log.ts';
import { AD_HOC, NO_SCREEN, RequestMetrics } from '../../telemetry/request-metrics.ts';
import type { RequestState, SentResponse } from '../request-state.ts';

/** The counters of all requests. */
export interface RequestCounts {
  readonly clients: ClientVersions;
  readonly requests: RequestMetrics;
  readonly fields: FieldUsage;
}

export function countRequests(schema: GraphQLSchema): RequestCounts {
  const clients = new ClientVersions();
  return { clients, requests: new RequestMetrics(clients), fields: new FieldUsage(fieldsOfSchema(schema), clients) };
}

/**
 * Logs and counts a request when its response has left or its caller has hung up, however far it got. GraphQL requests are logged at
 * level info, all others (health, sandbox) at level debug and not counted.
 */
export function createAccessLog(log: Logger, counts: RequestCounts | undefined): (state: RequestState) => void {
  return (state) => {
    const { request, response, sent, route, startedAt } = state;
    const isGraphQL = sent !== undefined || (route !== 'other' && !response.writableFinished);
    const level = isGraphQL ? 'info' : 'debug';
    const client = clientOf(request.headers);
    const ledger = state.context?.ledger;
    const operation = ledger?.operation;
    const outcome = outcomeOf(response, sent);
    const ms = (sent?.at ?? performance.now()) - startedAt;
    const screen = operation?.isRegistered ? (operation.name ?? AD_HOC) : ledger ? AD_HOC : NO_SCREEN;
    if (counts && isGraphQL) {
      const ran = operation !== undefined && outcome !== 'refused';
      const version = counts.clients.of(client.name, client.version, ran);
      counts.requests.note(version, screen, outcome, ms);
      if (ran) counts.fields.note(version, operation);
      for (const { extensions } of sent?.errors ?? []) {
        counts.requests.noteError(screen, extensions?.['code'], extensions?.['service']);
      }
    }
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        requestId: state.requestId,
        method: request.method,
        route,
        clientName: client.name,
        clientVersion: client.version,
        screen,
        operationName: screen === AD_HOC ? operation?.name?.slice(0, MAX_NAME) : undefined,
        outcome,
        status: outcome === 'gone' ? undefined : response.statusCode,
        code: sent?.errors[0]?.extensions?.['code'],
        ms: rounded(ms),
        bytes: sent?.bytes,
        ...(ledger && ledger.entries.length > 0 ? summaryOf(ledger.entries) : {}),
      },
      REQUEST_LINE,
    );
  };
}

const MAX_NAME = 100;

function outcomeOf(response: ServerResponse, sent: SentResponse | undefined): Outcome {
  if (!response.writableFinished) return 'gone';
  if (!sent || sent.errors.length === 0) return 'ok';
  const code = sent.errors[0]?.extensions?.['code'];
  if (code === ErrorCode.Overloaded) return 'shed';
  if (sent.data !== 'none') return sent.data === 'some' ? 'partial' : 'failed';
  return code === ErrorCode.InternalServerError || code === ErrorCode.ServiceUnavailable ? 'failed' : 'refused';
}

interface ServiceSummary {
  calls: number;
  /** Of the longest call. */
  ms: number;
  bytes: number;
  /** Calls that another request made. */
  shared?: number;
  /** Further attempts, beside the first of each call. */
  again?: number;
}

/** The calls of a request by service, their dependent waves, and the rows that came from the cache. */
function summaryOf(entries: readonly LedgerEntry[]) {
  const downstream: Record<string, ServiceSummary> = {};
  let waves = 0;
  let cachedRows = 0;
  for (const entry of entries) {
    if (entry.cached) {
      cachedRows += entry.keys || 1;
      continue;
    }
    const { service, startMs, endMs = startMs, bytes, attempts, hedged, shared, wave } = entry;
    waves = Math.max(waves, wave);
    downstream[service] ??= { calls: 0, ms: 0, bytes: 0 };
    const sum = downstream[service];
    sum.calls += 1;
    sum.ms = Math.max(sum.ms, rounded(endMs - startMs));
    sum.bytes += bytes;
    if (shared) sum.shared = (sum.shared ?? 0) + 1;
    const again = attempts - 1 + (hedged ? 1 : 0);
    if (again > 0) sum.again = (sum.again ?? 0) + again;
  }
  return { waves, cachedRows: cachedRows || undefined, downstream };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
