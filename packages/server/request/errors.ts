import { truncate } from './truncate.ts';

/** All values of `extensions.code` in a response's errors. */
export const ErrorCode = {
  /** 401: the request has no valid identity. The BFF calls no service. */
  Unauthenticated: 'UNAUTHENTICATED',
  /** 400, 404, 405, 406, 408, 413, 415, 417, 501: the request is not a GraphQL request. */
  BadRequest: 'BAD_REQUEST',
  /** 400 or 200: the document has a syntax error. */
  ParseFailed: 'GRAPHQL_PARSE_FAILED',
  /** 400 or 200: the document does not fit the schema. */
  ValidationFailed: 'GRAPHQL_VALIDATION_FAILED',
  /** 400 or 200: the operation could make more calls than its client allows. */
  OperationTooExpensive: 'OPERATION_TOO_EXPENSIVE',
  /** 400 or 200: the document has no operation of this name, or it has several and the request names none. */
  OperationResolutionFailure: 'OPERATION_RESOLUTION_FAILURE',
  /** 400 or 200: a variable or an argument is invalid. A key that an endpoint cannot carry is an error of its field. */
  BadUserInput: 'BAD_USER_INPUT',
  /** 400 or 200: no screen has this id, or only registered operations may run. 404 for an unknown name on /screens. */
  ScreenNotFound: 'SCREEN_NOT_FOUND',
  /** 400 or 200: the hash is unknown. The client then sends the hash together with the text. */
  PersistedQueryNotFound: 'PERSISTED_QUERY_NOT_FOUND',
  /** 400 or 200: the server accepts no automatic persisted queries. */
  PersistedQueryNotSupported: 'PERSISTED_QUERY_NOT_SUPPORTED',
  /** 200: a call exceeded the timeout of its service. */
  ServiceTimeout: 'SERVICE_TIMEOUT',
  /** 200: the deadline of the request passed. */
  DeadlineExceeded: 'DEADLINE_EXCEEDED',
  /** 200: the connection failed, the service answered 5xx or 429, its circuit is open, or its queue is full. 503 while a token cannot be verified. */
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
  /** 200: the service answered another 4xx to a well-formed call. */
  ServiceRejected: 'SERVICE_REJECTED',
  /** 200: the response is not JSON, is truncated, is too large, or has the wrong shape. */
  ServiceBadResponse: 'SERVICE_BAD_RESPONSE',
  /** 503: this BFF rejects requests because it is overloaded. The response has `Retry-After`. */
  Overloaded: 'OVERLOADED',
  /** 500 before execution, else 200: an unexpected error. The response hides it; the log has it with the request id. */
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
