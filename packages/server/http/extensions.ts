import type { IncomingHttpHeaders } from 'node:http';
import type { Call } from '../downstream/call.ts';
import type { Fetch } from '../downstream/fetcher.ts';
import type { Identity } from '../request/identity.ts';

/** A GraphQL request as the `onRequest` hook sees it: identified and admitted, and not run yet. */
export interface IncomingRequest {
  readonly requestId: string;
  readonly identity: Identity;
  /** Path of the route as it is configured, such as `/graphql`. */
  readonly route: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Name of the registered screen; undefined for an ad-hoc operation. */
  readonly screen: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Runs for every GraphQL request, before its operation does. Throw a RequestRejectedError to reject the request. The time that the hook
 * takes counts against the request's deadline.
 */
export type OnRequest = (request: IncomingRequest) => void | Promise<void>;

/** A call to a service, before it is sent. */
export interface OutgoingCall {
  /** Name of the service in the registry. */
  readonly service: string;
  /** Method and path of the endpoint as it is described: `GET /products?ids`. */
  readonly endpoint: string;
  readonly method: string;
  /**
   * The request that the call is made for; undefined for an endpoint that is `public`. Responses of public endpoints are cached and shared
   * between callers, so nothing of one caller may be sent to them.
   */
  readonly caller:
    | { readonly requestId: string; readonly identity: Identity; readonly headers: IncomingHttpHeaders }
    | undefined;
}

/**
 * Headers to send with a call, in addition to those of the framework. It can replace `accept`; all other headers of the framework win
 * (identity, request id, timeout, trace context). An error that it throws is an error of the field that made the call.
 */
export type HeadersFor = (call: OutgoingCall) => Readonly<Record<string, string>>;

/** A fetcher that adds these headers to each call. */
export function withHeaders(fetch: Fetch, headersFor: HeadersFor | undefined): Fetch {
  if (!headersFor) return fetch;
  return async (call, request) => {
    const { service, name, method } = call.endpoint;
    const caller = call.endpoint.public
      ? undefined
      : { requestId: request.requestId, identity: request.identity, headers: request.headers ?? {} };
    const headers = lowerCased(headersFor({ service, endpoint: name, method, caller }));
    return fetch({ ...call, headers } satisfies Call, request);
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
