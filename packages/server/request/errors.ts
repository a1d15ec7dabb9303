import { truncate } from './truncate.ts';

/** Every code that an answer's `extensions.code` can hold. */
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
 * An error whose message and code may be shown to the caller. What must stay inside (hosts, URLs, stacks) goes into
 * `cause`, which is logged and never answered. The message is truncated: it may quote what a caller or a service sent.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  /** Name of the service that failed, where one did. */
  readonly service: string | undefined;
  /** More that the caller may know, beside the code. */
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
  /** The value of the WWW-Authenticate header that goes with it, where there is a scheme that could be tried. */
  readonly challenge: string | undefined;

  constructor(header: string, options: { challenge?: string } = {}) {
    super(ErrorCode.Unauthenticated, `A valid ${header} header is needed.`);
    this.challenge = options.challenge;
  }
}

/** Nobody can say for now who asks, and it is no fault of theirs. */
export class IdentityUnavailableError extends CodedError {
  constructor() {
    super(ErrorCode.ServiceUnavailable, 'Who asks cannot be verified right now; ask again in a second.');
  }
}

/** An operation could make more calls than its client allows, or nobody can say how many. */
export class OperationTooExpensiveError extends CodedError {
  constructor(message: string, details: { readonly path: string; readonly calls?: number; readonly maxCalls: number }) {
    // The path has the caller's aliases.
    super(ErrorCode.OperationTooExpensive, message, { details: { ...details, path: truncate(details.path) } });
  }
}

/** Not a GraphQL request at all; `status` is the HTTP status that says so. */
export class BadRequestError extends CodedError {
  readonly status: number;
  /** The value of the Allow header that goes with a 405. */
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
  /** It was not asked at all: the time went by in the queue for it. */
  readonly notSent: boolean;

  constructor(service: string, timeoutMs: number, more: { readonly wasNotAsked?: boolean } = {}) {
    super(ErrorCode.ServiceTimeout, `The ${service} service did not answer within ${Math.round(timeoutMs)} ms.`, {
      service,
    });
    this.notSent = more.wasNotAsked ?? false;
  }
}

export class DeadlineExceededError extends CodedError {
  /** The service had at least half of what a call to it may take, which one that is well does not need. */
  readonly hadFullTimeout: boolean;

  constructor(service: string, more: { readonly hadItsTime?: boolean } = {}) {
    super(ErrorCode.DeadlineExceeded, `The request ran out of time before the ${service} service answered.`, {
      service,
    });
    this.hadFullTimeout = more.hadItsTime ?? false;
  }
}

/** A resolver written by hand did not settle before the request's deadline. */
export class ResolverTimeoutError extends CodedError {
  constructor() {
    super(ErrorCode.DeadlineExceeded, 'The request ran out of time before this field was resolved.');
  }
}

/** Refused, reset, 5xx or 429; or not asked at all, because its circuit is open or its queue full. */
export class ServiceUnavailableError extends CodedError {
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** How long the service wants to be left alone, in milliseconds, where it said so. */
  readonly retryAfterMs: number | undefined;
  /** It was not asked at all: its circuit is open, or its queue full. */
  readonly notSent: boolean;

  constructor(
    service: string,
    cause?: unknown,
    more: { readonly status?: number; readonly retryAfterMs?: number | undefined; readonly wasNotAsked?: boolean } = {},
  ) {
    super(ErrorCode.ServiceUnavailable, `The ${service} service is unavailable.`, { service, cause });
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.notSent = more.wasNotAsked ?? false;
  }
}

/** The service answered a 4xx to a well-formed call. */
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

/** Not JSON, cut short, too large, or of a wrong shape. */
export class ServiceBadResponseError extends CodedError {
  constructor(service: string, cause?: unknown) {
    super(ErrorCode.ServiceBadResponse, `The ${service} service answered something unusable.`, { service, cause });
  }
}

const FAILURES: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.ServiceTimeout,
  ErrorCode.DeadlineExceeded,
  ErrorCode.ServiceUnavailable,
  ErrorCode.ServiceBadResponse,
]);

/** Whether a service did not do its part, as opposed to having refused or nobody waiting for it any more. */
export function isServiceFailure(error: unknown): boolean {
  return error instanceof CodedError && FAILURES.has(error.code);
}

/** This server has too much to do to answer in time. */
export class OverloadedError extends CodedError {
  constructor() {
    super(ErrorCode.Overloaded, 'There is too much to do right now; ask again in a second.');
  }
}

/** The caller hung up: nobody is left to answer, and nothing timed out. */
export class CallerGoneError extends Error {
  constructor() {
    super('The caller hung up.');
  }
}
