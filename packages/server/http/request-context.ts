import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../request/context.ts';
import { budgetOf, type Deadline, deadlineIn, type Reserve } from '../request/deadline.ts';
import { CallerGoneError } from '../request/errors.ts';
import type { Identity } from '../request/identity.ts';
import type { InjectedFaults } from '../request/injected-fault.ts';
import { createLedger, type Ledger } from '../request/ledger.ts';
import { localeOf } from '../request/locale.ts';
import { requestIdOf } from '../request/request-id.ts';
import { type TraceContext, traceContextOf } from '../request/trace-context.ts';
import type { TracedRequest } from '../telemetry/tracing.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** Where a request keeps its trace, while traces are on. */
export const TRACED = Symbol('traced');

const REQUEST_ID = Symbol('request id');

/** The id of a request, its own or a new one: the same however often it is asked. */
export function requestIdFor(request: IncomingMessage & { [REQUEST_ID]?: string }): string {
  request[REQUEST_ID] ??= requestIdOf(request.headers);
  return request[REQUEST_ID];
}

const IDENTITY = Symbol('identity');

/** Notes who makes a request, for when it is opened. */
export function setIdentity(request: IncomingMessage & { [IDENTITY]?: Identity }, identity: Identity): void {
  request[IDENTITY] = identity;
}

const CONTEXT = Symbol('context');

/** What travels with a request that was opened; undefined before. */
export function contextOf(request: IncomingMessage & { [CONTEXT]?: RequestContext }): RequestContext | undefined {
  return request[CONTEXT];
}

interface Opening {
  readonly requestDeadlineMs: number;
  readonly reserve: Reserve;
  /** Only where there is one may a request have drills, or be explained. */
  readonly sandbox: Pick<Sandbox, 'drillsOf' | 'trailOf'> | undefined;
}

/**
 * What travels with this request, of which it is settled who makes it. Its signal is aborted as soon as the caller hangs up
 * before it was answered.
 */
export function createRequestContext(
  request: IncomingMessage & {
    [CONTEXT]?: RequestContext;
    readonly [IDENTITY]?: Identity;
    readonly [TRACED]?: TracedRequest;
  },
  response: ServerResponse,
  options: Opening,
): RequestContext {
  const context = new CallerContext(request, response, options);
  request[CONTEXT] = context;
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
  readonly #response: ServerResponse;
  #gone: AbortController | undefined;

  constructor(
    request: Parameters<typeof createRequestContext>[0],
    response: ServerResponse,
    { requestDeadlineMs, reserve, sandbox }: Opening,
  ) {
    const { headers, [IDENTITY]: identity } = request;
    if (!identity) throw new Error('A request was opened before it was known who makes it.');
    this.#identity = identity;
    this.#response = response;
    this.requestId = requestIdFor(request);
    const traced = request[TRACED];
    this.trace = traced?.trace ?? traceContextOf(headers);
    this.ledger = createLedger(undefined, traced?.requestTrace ?? sandbox?.trailOf(headers));
    if (traced) traced.ledger = this.ledger;
    const budgetMs = budgetOf(headers, requestDeadlineMs);
    this.deadline = deadlineIn(budgetMs, undefined, reserve.of(budgetMs));
    this.locale = localeOf(headers);
    this.drills = sandbox?.drillsOf(headers);
  }

  /** Whoever asks for it makes the answer this caller's own, which no cache may give to another. */
  get identity(): Identity {
    this.ledger.keepAtMost(0);
    return this.#identity;
  }

  /** Made for the first call that needs it; an answer out of the cache needs none. */
  get signal(): AbortSignal {
    if (!this.#gone) {
      const gone = new AbortController();
      const response = this.#response;
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
