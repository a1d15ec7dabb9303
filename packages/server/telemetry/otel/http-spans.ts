import { type Attributes, type SpanContext, SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { LedgerEntry } from '../../request/ledger.ts';
import type { AttemptTrace } from '../../request/request-trace.ts';
import type { HttpFacts, ServiceUrls } from '../tracing.ts';
import { ATTR_HTTP_RESPONSE_BODY_SIZE, ATTR_SERVICE_PEER_NAME, ATTR_URL_TEMPLATE, FACET } from './conventions.ts';
import { type SpanParts, spanOf, type TraceParts } from './span.ts';

/** HTTP methods of the conventions. All others are _OTHER. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** Longest recorded path, in characters. */
const MAX_PATH = 100;

/** The span of a request, by the conventions for HTTP servers. It has no query, address or identity of the caller. */
export function requestSpan(
  trace: TraceParts,
  facts: HttpFacts,
  parts: Pick<SpanParts, 'parent' | 'startedAt' | 'endedAt'> & { readonly context: SpanContext },
): ReadableSpan {
  const { route, path, host, httpVersion, requestId, status } = facts;
  const method = METHODS.has(facts.method) ? facts.method : '_OTHER';
  // A 4xx is the caller's error, not the server's.
  const failure = status !== undefined && status >= 500 ? String(status) : undefined;
  return spanOf(trace, {
    ...parts,
    name: `${method === '_OTHER' ? 'HTTP' : method}${route === undefined ? '' : ` ${route}`}`,
    kind: SpanKind.SERVER,
    failure,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      ...(method === '_OTHER' ? { [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: facts.method } : {}),
      [ATTR_URL_SCHEME]: 'http',
      [ATTR_URL_PATH]: path.slice(0, MAX_PATH),
      ...(route === undefined ? {} : { [ATTR_HTTP_ROUTE]: route }),
      ...addressOf(host),
      [ATTR_NETWORK_PROTOCOL_VERSION]: httpVersion,
      ...(status === undefined ? { [FACET.cancelled]: true } : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
      ...(failure === undefined ? {} : { [ATTR_ERROR_TYPE]: failure }),
      [FACET.requestId]: requestId,
    },
  });
}

/** A valid Host header: a name or address, and a port. */
const HOST = /^([\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::(\d{1,5}))?$/i;

function addressOf(host: string | undefined): Attributes {
  const [, address, port] = HOST.exec(host ?? '') ?? [];
  if (address === undefined) return {};
  return { [ATTR_SERVER_ADDRESS]: address, ...(port === undefined ? {} : { [ATTR_SERVER_PORT]: Number(port) }) };
}

/** The properties that the spans of calls to one endpoint share. */
export interface Target {
  /** Method and path template, as the conventions name spans of HTTP clients. */
  readonly name: string;
  readonly attributes: Attributes;
}

/**
 * Creates a function that returns the target of a call, computed once per endpoint. Its URL is a template, `/users?ids={ids}`,
 * because the real URL contains ids of users and orders.
 */
export function createTargets(services: ServiceUrls): (entry: LedgerEntry) => Target {
  const targets = new Map<string, Target>();
  return ({ service, endpoint }) => {
    const key = `${service} ${endpoint}`;
    let target = targets.get(key);
    if (!target) {
      target = targetOf(service, endpoint, services[service]?.url);
      targets.set(key, target);
    }
    return target;
  };
}

/** Default ports, which URLs omit. */
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

function targetOf(service: string, endpoint: string, url: string | undefined): Target {
  const [method = '', path = ''] = endpoint.split(' ');
  const { hostname, port, protocol, pathname } = new URL(url ?? 'http://unknown');
  const template = pathname.replace(/(?<!\/)\/+$/, '') + path.replace(/\?([^?]+)$/, '?$1={$1}');
  return {
    name: `${method} ${template}`,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_TEMPLATE]: template,
      [ATTR_SERVER_ADDRESS]: hostname,
      [ATTR_SERVER_PORT]: port === '' ? (PORTS[protocol] ?? 0) : Number(port),
      [ATTR_SERVICE_PEER_NAME]: service,
      [ATTR_NETWORK_PROTOCOL_VERSION]: '1.1',
    },
  };
}

/** The span of an attempt, by the conventions for HTTP clients. Its id is the one that the service was told. */
export function attemptSpan(
  trace: TraceParts,
  { name, attributes }: Target,
  attempt: AttemptTrace,
  context: SpanContext,
  parent: SpanContext,
): ReadableSpan {
  const { status, bytes, failure, resends, isHedge, startedAt, endedAt = startedAt } = attempt;
  const isCancelled = failure === 'CANCELLED';
  // A 404 that means "no such row" is not an error here, although the conventions say so.
  const errorType = failure !== undefined && status !== undefined && status >= 400 ? String(status) : failure;
  const error = isCancelled ? undefined : errorType;
  return spanOf(trace, {
    name,
    kind: SpanKind.CLIENT,
    parent,
    context,
    startedAt,
    endedAt,
    failure: error,
    attributes: {
      ...attributes,
      ...(status === undefined
        ? {}
        : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status, [ATTR_HTTP_RESPONSE_BODY_SIZE]: bytes }),
      ...(resends > 0 ? { [ATTR_HTTP_REQUEST_RESEND_COUNT]: resends } : {}),
      ...(isHedge ? { [FACET.hedge]: true } : {}),
      ...(isCancelled ? { [FACET.cancelled]: true } : {}),
      ...(error === undefined ? {} : { [ATTR_ERROR_TYPE]: error }),
    },
  });
}
