import { truncate } from './truncate.ts';

/** All values of `extensions.code` in a response's errors. */
export const ErrorCode = {
  Unauthenticated: 'UNAUTHENTICATED',
  BadRequest: 'BAD_REQUEST',
  ParseFailed: 'GRAPHQL_PARSE_FAILED',
  ValidationFailed: 'GRAPHQL_VALIDATION_FAILED',
  OperationTooExpensive: 'OPERATION_TOO_EXPENSIVE',
  OperationResolutionFailure: 'OPERATION_RESOLUTION_FAILURE',
  BadUserInput: 'BAD_USER_INPUT',
  ScreenNotFound: 'SCREEN_NOT_FOUND',
  PersistedQueryNotFound: 'PERSISTED_QUERY_NOT_FOUND',
  PersistedQueryNotSupported: 'PERSISTED_QUERY_NOT_SUPPORTED',
  ServiceTimeout: 'SERVICE_TIMEOUT',
  DeadlineExceeded: 'DEADLINE_EXCEEDED',
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
  ServiceRejected: 'SERVICE_REJECTED',
  ServiceBadResponse: 'SERVICE_BAD_RESPONSE',
  Overloaded: 'OVERLOADED',
  InternalServerError: 'INTERNAL_SERVER_ERROR',
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/**
 * An error whose message and code may be sent to the caller. Internal details (hosts, URLs, stacks) belong into `cause`, which is
 * only logged. The message is truncated, because it may quote text from a caller or a service.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  /** Name of the failed service, if any. */
  readonly service: string | undefined;
  /** Further extensions for the caller. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { service?: string; cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(truncate(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.service = options.service;
    this.details = options.details ?? {};
  }
}

export class UnauthenticatedError extends CodedError {
  /** Value of the WWW-Authenticate header, for schemes that have one. */
  readonly challenge: string | undefined;

  constructor(header: string, options: { challenge?: string } = {}) {
    super(ErrorCode.Unauthenticated, `A valid ${header} header is required.`);
    this.challenge = options.challenge;
  }
}

/** The identity cannot be verified at the moment, through no fault of the caller. */
export class IdentityUnavailableError extends CodedError {
  constructor() {
    super(ErrorCode.ServiceUnavailable, 'The identity cannot be verified at the moment. Try again in a second.');
  }
}

/** An operation could make more calls than its client allows, or an unknown number of them. */
export class OperationTooExpensiveError extends CodedError {
  constructor(message: string, details: { readonly path: string; readonly calls?: number; readonly maxCalls: number }) {
    // The path contains the caller's aliases.
    super(ErrorCode.OperationTooExpensive, message, { details: { ...details, path: truncate(details.path) } });
  }
}

/** A request that is not a valid GraphQL request, with its HTTP status. */
export class BadRequestError extends CodedError {
  readonly status: number;
  /** Value of the Allow header of a 405. */
  readonly allow: string | undefined;

  constructor(
    status: 400 | 404 | 405 | 406 | 408 | 413 | 415 | 417 | 501,
    message: string,
    options: { allow?: string } = {},
  ) {
    super(ErrorCode.BadRequest, message);
    this.status = status;
    this.allow = options.allow;
  }
}

export class ServiceTimeoutError extends CodedError {
  /** Whether the call was never sent: it timed out in the queue. */
  readonly notSent: boolean;

  constructor(service: string, timeoutMs: number, more: { readonly notSent?: boolean } = {}) {
    super(ErrorCode.ServiceTimeout, `The ${service} service did not answer within ${Math.round(timeoutMs)} ms.`, {
      service,
    });
    this.notSent = more.notSent ?? false;
  }
}

export class DeadlineExceededError extends CodedError {
  /** Whether the service had at least half of its timeout, which is enough for a healthy one. */
  readonly hadFullTimeout: boolean;

  constructor(service: string, more: { readonly hadFullTimeout?: boolean } = {}) {
    super(ErrorCode.DeadlineExceeded, `The request ran out of time before the ${service} service answered.`, {
      service,
    });
    this.hadFullTimeout = more.hadFullTimeout ?? false;
  }
}

/** A hand-written resolver did not settle before the request's deadline. */
export class ResolverTimeoutError extends CodedError {
  constructor() {
    super(ErrorCode.DeadlineExceeded, 'The request ran out of time before this field was resolved.');
  }
}

/** The connection failed, or the service answered 5xx or 429, or the call was not sent: the circuit is open or the queue full. */
export class ServiceUnavailableError extends CodedError {
  /** The HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** Milliseconds of the Retry-After header, if there was one. */
  readonly retryAfterMs: number | undefined;
  /** Whether the call was never sent, because the circuit is open or the queue full. */
  readonly notSent: boolean;

  constructor(
    service: string,
    cause?: unknown,
    more: { readonly status?: number; readonly retryAfterMs?: number | undefined; readonly notSent?: boolean } = {},
  ) {
    super(ErrorCode.ServiceUnavailable, `The ${service} service is unavailable.`, { service, cause });
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.notSent = more.notSent ?? false;
  }
}

/** The service answered 4xx to a well-formed call. */
export class ServiceRejectedError extends CodedError {
  readonly status: number;

  constructor(service: string, status: number, to = 'a call') {
    super(ErrorCode.ServiceRejected, `The ${service} service rejected the call.`, {
      service,
      cause: new Error(`HTTP ${status} to ${to}`),
    });
    this.status = status;
  }
}

/** The response is not JSON, truncated, too large, or of the wrong shape. */
export class ServiceBadResponseError extends CodedError {
  constructor(service: string, cause?: unknown) {
    super(ErrorCode.ServiceBadResponse, `The ${service} service sent an unusable response.`, { service, cause });
  }
}

const FAILURES: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.ServiceTimeout,
  ErrorCode.DeadlineExceeded,
  ErrorCode.ServiceUnavailable,
  ErrorCode.ServiceBadResponse,
]);

/** Whether a service failed, as opposed to having rejected the call or the caller having hung up. */
export function isServiceFailure(error: unknown): boolean {
  return error instanceof CodedError && FAILURES.has(error.code);
}

/** This server is overloaded. */
export class OverloadedError extends CodedError {
  constructor() {
    super(ErrorCode.Overloaded, 'The server is overloaded. Try again in a second.');
  }
}

/** The caller hung up before the response. */
export class CallerGoneError extends Error {
  constructor() {
    super('The caller hung up.');
  }
}
