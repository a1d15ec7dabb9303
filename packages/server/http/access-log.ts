import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { ErrorCode } from '../request/errors.ts';
import type { LedgerEntry } from '../request/ledger.ts';
import type { Outcome } from '../telemetry/client-versions.ts';
import { clientOf } from '../telemetry/client-versions.ts';
import { type Logger, REQUEST_LINE } from '../telemetry/log.ts';
import { AD_HOC, NO_SCREEN } from '../telemetry/request-metrics.ts';
import type { RequestCounts } from './metrics.ts';
import { contextOf, requestIdFor } from './request-context.ts';

/** A GraphQL answer, as far as it is looked at. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const ANSWERED = Symbol('answered');

interface Answered {
  readonly at: number;
  readonly bytes: number;
  readonly errors: NonNullable<Answer['errors']>;
  readonly data: 'some' | 'null' | 'none';
}

type Watched = ServerResponse & { [ANSWERED]?: Answered };

/** Notes what a response is about to be sent, in so many bytes. */
export function noteAnswered(response: Watched, { data, errors = [] }: Answer, bytes: number): void {
  const kind = data === undefined ? 'none' : data === null ? 'null' : 'some';
  response[ANSWERED] = { at: performance.now(), bytes, errors, data: kind };
}

/**
 * Counts every GraphQL request and logs a line of it, when its answer has left or its caller has gone: whatever door it came
 * to, and however far it got. Who asks for anything else (health, the sandbox) is logged at level debug.
 */
export function accessLog(log: Logger, counts: RequestCounts | undefined): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => tell(request, response, startedAt));
    next();
  };

  function tell(request: IncomingMessage, response: Watched, startedAt: number): void {
    const answered = response[ANSWERED];
    const route = routeOf(request);
    const isGraphQL = answered !== undefined || (route !== 'other' && !response.writableFinished);
    const level = isGraphQL ? 'info' : 'debug';
    const client = clientOf(request.headers);
    const ledger = contextOf(request)?.ledger;
    const operation = ledger?.operation;
    const outcome = outcomeOf(response, answered);
    const ms = (answered?.at ?? performance.now()) - startedAt;
    const screen = operation?.isRegistered ? (operation.name ?? AD_HOC) : ledger ? AD_HOC : NO_SCREEN;
    if (counts && isGraphQL) {
      const ran = operation !== undefined && outcome !== 'refused';
      const version = counts.clients.of(client.name, client.version, ran);
      counts.requests.note(version, screen, outcome, ms);
      if (ran) counts.fields.note(version, operation);
      if (answered) {
        for (const { extensions } of answered.errors) {
          counts.requests.noteError(screen, extensions?.['code'], extensions?.['service']);
        }
      }
    }
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        requestId: requestIdFor(request),
        method: request.method,
        route,
        clientName: client.name,
        clientVersion: client.version,
        screen,
        operationName: screen === AD_HOC ? operation?.name?.slice(0, MAX_NAME) : undefined,
        outcome,
        status: outcome === 'gone' ? undefined : response.statusCode,
        code: answered?.errors[0]?.extensions?.['code'],
        ms: rounded(ms),
        bytes: answered?.bytes,
        ...(ledger && ledger.entries.length > 0 ? summaryOf(ledger.entries) : {}),
      },
      REQUEST_LINE,
    );
  }
}

const MAX_NAME = 100;

/** Never more of the URL: what it holds may be somebody's. */
function routeOf({ url = '' }: IncomingMessage): '/graphql' | '/screens' | 'other' {
  const [, first] = /^\/(graphql|screens)(?=[/?]|$)/i.exec(url) ?? [];
  return first === undefined ? 'other' : first.toLowerCase() === 'graphql' ? '/graphql' : '/screens';
}

function outcomeOf(response: ServerResponse, answered: Answered | undefined): Outcome {
  if (!response.writableFinished) return 'gone';
  if (!answered || answered.errors.length === 0) return 'ok';
  const code = answered.errors[0]?.extensions?.['code'];
  if (code === ErrorCode.Overloaded) return 'shed';
  if (answered.data !== 'none') return answered.data === 'some' ? 'partial' : 'failed';
  return code === ErrorCode.InternalServerError || code === ErrorCode.ServiceUnavailable ? 'failed' : 'refused';
}

interface ServiceSummary {
  calls: number;
  /** Of the longest of them. */
  ms: number;
  bytes: number;
  /** Those that another request made. */
  shared?: number;
  /** Attempts beside the first of each call. */
  again?: number;
}

/** What a request asked of each service, how many calls waited for others, and what it had out of the cache. */
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
