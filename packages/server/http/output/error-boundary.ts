import type { ErrorRequestHandler, RequestHandler } from 'express';
import { MASKED } from '../../graphql/answer-error.ts';
import {
  BadRequestError,
  CallerGoneError,
  CodedError,
  ErrorCode,
  IdentityUnavailableError,
  OverloadedError,
  UnauthenticatedError,
} from '../../request/errors.ts';
import { type Logger, logUnexpected } from '../../telemetry/log.ts';
import { stateOf } from '../request-state.ts';
import { RequestRejectedError } from './request-rejected.ts';
import { sendGraphQL } from './send.ts';

/** Rejects a request that no route has answered. */
export const noSuchRoute: RequestHandler = () => {
  throw new BadRequestError(404, 'There is nothing here.');
};

/** Answers every error that a handler throws or rejects with, or that Express throws itself, as a GraphQL response. */
export function errorBoundary(log: Logger): ErrorRequestHandler {
  // Express recognizes an error handler by its four parameters.
  return (error, request, response, _next) => {
    // The caller has hung up.
    if (error instanceof CallerGoneError) return;
    const state = stateOf(request, response);
    const { requestId } = state;
    const { status, code, message, allow, challenge } = describe(error);
    if (status === 500) logUnexpected(log, error, { requestId, callerId: state.context?.identity.id });
    if (response.headersSent) {
      // Half of a response is sent. Express would close the connection, too, but print the error as well.
      request.socket.destroy();
      return;
    }
    if (allow !== undefined) response.setHeader('Allow', allow);
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
    if (status === 503) response.setHeader('Retry-After', '1');
    sendGraphQL(state, { errors: [{ message, extensions: { code, requestId } }] }, { status });
  };
}

interface Description {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly allow?: string | undefined;
  readonly challenge?: string | undefined;
}

function describe(error: unknown): Description {
  if (error instanceof UnauthenticatedError) {
    return { status: 401, code: error.code, message: error.message, challenge: error.challenge };
  }
  if (error instanceof BadRequestError || error instanceof RequestRejectedError) return error;
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

/** The 4xx that Express sets on its errors, as for a path that is not well encoded. */
function statusOfExpress(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
