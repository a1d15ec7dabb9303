import type { ErrorRequestHandler, RequestHandler } from 'express';
import { MASKED } from '../graphql/answer-error.ts';
import {
  BadRequestError,
  CodedError,
  ErrorCode,
  IdentityUnavailableError,
  OverloadedError,
  UnauthenticatedError,
} from '../request/errors.ts';
import { type Logger, logUnexpected } from '../telemetry/log.ts';
import { negotiateMediaType } from './media-type.ts';
import { contextOf, requestIdFor } from './request-context.ts';
import { sendGraphQL } from './send.ts';

/** Whatever no route has answered. */
export const noSuchRoute: RequestHandler = () => {
  throw new BadRequestError(404, 'There is nothing here.');
};

/** Where every error that no answer carries ends: thrown or rejected by a handler, or by Express itself. */
export function errorBoundary(log: Logger): ErrorRequestHandler {
  // Express knows a handler of errors by its four parameters.
  return (error, request, response, _next) => {
    const requestId = requestIdFor(request);
    const { status, code, message, allow, challenge } = describe(error);
    if (status === 500) logUnexpected(log, error, { requestId, callerId: contextOf(request)?.identity.id });
    if (response.headersSent) {
      // Half an answer is sent already. Express would do the same, and print the error as well.
      request.socket.destroy();
      return;
    }
    if (allow !== undefined) response.setHeader('Allow', allow);
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
    if (status === 503) response.setHeader('Retry-After', '1');
    sendGraphQL(
      response,
      { status, mediaType: negotiateMediaType(request) ?? 'application/json' },
      { requestId },
      {
        errors: [{ message, extensions: { code, requestId } }],
      },
    );
  };
}

interface Description {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly allow?: string | undefined;
  readonly challenge?: string | undefined;
}

function describe(error: unknown): Description {
  if (error instanceof UnauthenticatedError) {
    return { status: 401, code: error.code, message: error.message, challenge: error.challenge };
  }
  if (error instanceof BadRequestError) return error;
  if (error instanceof OverloadedError || error instanceof IdentityUnavailableError) {
    return { status: 503, code: error.code, message: error.message };
  }
  if (error instanceof CodedError) {
    return { status: STATUS[error.code] ?? 500, code: error.code, message: error.message };
  }
  const status = statusOfExpress(error);
  if (status !== undefined) return { status, code: ErrorCode.BadRequest, message: 'The request is not well-formed.' };
  return { status: 500, code: ErrorCode.InternalServerError, message: MASKED };
}

const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  [ErrorCode.ScreenNotFound]: 404,
  [ErrorCode.BadUserInput]: 400,
};

/** The 4xx that Express puts on its errors, as for a path that is not well encoded. */
function statusOfExpress(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
