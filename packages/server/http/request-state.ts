import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { RequestContext } from '../request/context.ts';
import { budgetOf, type Deadline, deadlineIn, type Reserve } from '../request/deadline.ts';
import { CallerGoneError } from '../request/errors.ts';
import type { Identity } from '../request/identity.ts';
import type { InjectedFaults } from '../request/injected-fault.ts';
import { createLedger, type Ledger } from '../request/ledger.ts';
import { localeOf } from '../request/locale.ts';
import { requestIdOf } from '../request/request-id.ts';
import { type TraceContext, traceContextOf } from '../request/trace-context.ts';
import type { HttpFacts, TracedRequest, Tracing } from '../telemetry/tracing.ts';
import { type MediaType, negotiateMediaType } from './output/media-type.ts';
import { type Paths, routeOf } from './paths.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/**
 * The state of one request. The first middleware creates it, and every later step reads and completes it. It is the only thing
 * that this server attaches to a request.
 */
export class RequestState {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path of the route as it is configured, such as `/graphql`; `other` for all that is not GraphQL. Never the caller's own text. */
  readonly route: string;
  readonly startedAt = performance.now();
  /** The trace of the request; undefined while tracing is off, and outside the GraphQL routes. */
  trace: TracedRequest | undefined;
  /** What travels to every downstream call; undefined until execution begins. */
  context: RequestContext | undefined;
  /** Whether the request was admitted and its response is not handed to the socket yet. */
  holdsSlot = false;
  /** The GraphQL response, once it is written. */
  sent: SentResponse | undefined;
  #requestId: string | undefined;
  #mediaType: MediaType | null | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, route = 'other') {
    this.request = request;
    this.response = response;
    this.route = route;
  }

  /** The caller's X-Request-Id if it is valid, else a new id. */
  get requestId(): string {
    this.#requestId ??= requestIdOf(this.request.headers);
    return this.#requestId;
  }

  /** The media type of the response; undefined if the caller accepts none of ours. Negotiated once. */
  get mediaType(): MediaType | undefined {
    if (this.#mediaType === undefined) this.#mediaType = negotiateMediaType(this.request) ?? null;
    return this.#mediaType ?? undefined;
  }
}

/** A GraphQL response as the log and the metrics see it. */
export interface SentResponse {
  /** When it was written, as performance.now() tells. */
  readonly at: number;
  /** Size of the body in bytes, encoded. */
  readonly bytes: number;
  readonly errors: NonNullable<GraphQLResponse['errors']>;
  readonly data: 'some' | 'null' | 'none';
}

/** The body of a GraphQL response. */
export interface GraphQLResponse {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const STATE = Symbol('state');

/** Creates the state of a request and attaches it. */
export function createRequestState(
  request: IncomingMessage & { [STATE]?: RequestState },
  response: ServerResponse,
  route?: string,
): RequestState {
  const state = new RequestState(request, response, route);
  request[STATE] = state;
  return state;
}

/** The state of a request. A request that no pipeline has seen yet, as in a test of one middleware, gets a new one. */
export function stateOf(
  request: IncomingMessage & { [STATE]?: RequestState },
  response?: ServerResponse,
): RequestState {
  return request[STATE] ?? createRequestState(request, response as ServerResponse);
}

/** Whether the request that this response belongs to holds a slot. */
export function holdsSlot({ req }: ServerResponse): boolean {
  return (req as IncomingMessage & { [STATE]?: RequestState })[STATE]?.holdsSlot === true;
}

/** The first step of every request: creates its state. `onEnd` is called when the response has left or the caller has hung up. */
export function beginRequests(paths: Paths, onEnd: (state: RequestState) => void): RequestHandler {
  return (request, response, next) => {
    const state = createRequestState(request, response, routeOf(paths, request.url));
    response.once('close', () => onEnd(state));
    next();
  };
}

/** Begins the trace of a request before it can be rejected, and ends it with the response. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const traced = tracing.begin(request.headers);
    const state = stateOf(request, response);
    state.trace = traced;
    if (traced.requestTrace) response.once('close', () => tracing.end(traced, factsOf(request, response, state)));
    next();
  };
}

function factsOf(request: Request, response: Response, { requestId }: RequestState): HttpFacts {
  const { method, httpVersion, baseUrl } = request;
  const route: unknown = request.route?.path;
  // A path that matches no route may contain anything.
  const isOurs = typeof route === 'string' && response.statusCode !== 404;
  return {
    method,
    path: isOurs ? `${baseUrl}${request.path}` : baseUrl || '/',
    httpVersion,
    host: request.headers.host,
    route: typeof route === 'string' ? route : undefined,
    requestId,
    status: response.writableFinished ? response.statusCode : undefined,
  };
}

/** What bounds a request, and what may change it. */
export interface ContextOptions {
  readonly requestDeadlineMs: number;
  readonly reserve: Reserve;
  /** Undefined while the sandbox is off. Then no request has injected faults, and none is explained. */
  readonly sandbox: Pick<Sandbox, 'drillsOf' | 'trailOf'> | undefined;
}

/** Starts the deadline and the ledger of a request. The context's signal is aborted when the caller hangs up before the response. */
export function createRequestContext(state: RequestState, identity: Identity, options: ContextOptions): RequestContext {
  const context = new CallerContext(state, identity, options);
  state.context = context;
  return context;
}

class CallerContext implements RequestContext {
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly deadline: Deadline;
  readonly ledger: Ledger;
  readonly locale: string;
  readonly drills: InjectedFaults;
  readonly #identity: Identity;
  readonly #state: RequestState;
  #gone: AbortController | undefined;

  constructor(state: RequestState, identity: Identity, { requestDeadlineMs, reserve, sandbox }: ContextOptions) {
    const { headers } = state.request;
    const traced = state.trace;
    this.#identity = identity;
    this.#state = state;
    this.requestId = state.requestId;
    this.trace = traced?.trace ?? traceContextOf(headers);
    this.ledger = createLedger(undefined, traced?.requestTrace ?? sandbox?.trailOf(headers));
    if (traced) traced.ledger = this.ledger;
    const budgetMs = budgetOf(headers, requestDeadlineMs);
    this.deadline = deadlineIn(budgetMs, undefined, reserve.of(budgetMs));
    this.locale = localeOf(headers);
    this.drills = sandbox?.drillsOf(headers);
  }

  /** Reading it makes the response private to this caller: no shared cache may store it. */
  get identity(): Identity {
    this.ledger.limitFreshness(0);
    return this.#identity;
  }

  /** Reading them makes the response private to this caller, too. */
  get headers(): IncomingHttpHeaders {
    this.ledger.limitFreshness(0);
    return this.#state.request.headers;
  }

  /** Created for the first call that needs it. A response from the cache needs none. */
  get signal(): AbortSignal {
    if (!this.#gone) {
      const gone = new AbortController();
      const { response } = this.#state;
      this.#gone = gone;
      const onClose = () => {
        if (!response.writableFinished) gone.abort(new CallerGoneError());
      };
      if (response.destroyed) onClose();
      else response.once('close', onClose);
    }
    return this.#gone.signal;
  }
}
