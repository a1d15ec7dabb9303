import type { Request, RequestHandler, Response } from 'express';
import type { HttpFacts, Tracing } from '../telemetry/tracing.ts';
import { requestIdFor, TRACED } from './request-context.ts';

/** Begins the trace of a request before anything else is done with it, so that refusals have one too, and ends it. */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const traced = tracing.begin(request.headers);
    Object.assign(request, { [TRACED]: traced });
    if (traced.requestTrace) response.once('close', () => tracing.end(traced, factsOf(request, response)));
    next();
  };
}

function factsOf(request: Request, response: Response): HttpFacts {
  const { method, httpVersion } = request;
  const route: unknown = request.route?.path;
  // What names nothing of ours may hold anything.
  const path = typeof route === 'string' && response.statusCode !== 404 ? request.path : request.baseUrl || '/';
  return {
    method,
    path,
    httpVersion,
    host: request.headers.host,
    route: typeof route === 'string' ? route : undefined,
    requestId: requestIdFor(request),
    status: response.writableFinished ? response.statusCode : undefined,
  };
}
