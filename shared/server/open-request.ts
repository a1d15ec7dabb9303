import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../request/context.ts';
import { budgetOf, deadlineIn } from '../request/deadline.ts';
import { CallerGoneError } from '../request/errors.ts';
import { type IdentityHeader, identityOf } from '../request/identity.ts';
import { createLedger } from '../request/ledger.ts';
import { localeOf } from '../request/locale.ts';
import { requestIdOf } from '../request/request-id.ts';
import { traceContextOf } from '../request/trace-context.ts';

/** Sets X-Request-Id on the answer and tells it; the same one however often it is asked. */
export function settleRequestId(request: IncomingMessage, response: ServerResponse): string {
  const settled = response.getHeader('X-Request-Id');
  if (typeof settled === 'string') return settled;
  const requestId = requestIdOf(request.headers);
  response.setHeader('X-Request-Id', requestId);
  return requestId;
}

/**
 * What travels with this request. Its signal is aborted as soon as the caller hangs up before it was answered. Throws
 * UnauthenticatedError.
 */
export function openRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly identityHeader: IdentityHeader; readonly requestDeadlineMs: number },
): RequestContext {
  const { headers } = request;
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new CallerGoneError());
  });
  return {
    identity: identityOf(headers, options.identityHeader),
    requestId: settleRequestId(request, response),
    trace: traceContextOf(headers),
    deadline: deadlineIn(budgetOf(headers, options.requestDeadlineMs)),
    signal: gone.signal,
    ledger: createLedger(),
    locale: localeOf(headers),
  };
}
