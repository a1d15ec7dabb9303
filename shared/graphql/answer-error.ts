import { type ExecutionResult, GraphQLError } from 'graphql';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError, ErrorCode } from '../request/errors.ts';
import { type Logger, logUnexpected } from '../telemetry/log.ts';

/** The message of whatever is not meant for the caller. */
export const MASKED = 'Something went wrong on our side.';
const UNUSABLE = 'The data of this field is not what the schema promises.';

/** A service's answer was read, but a field cannot be made of it. */
export class UnusableDataError extends Error {}

/**
 * The errors of a result as the caller gets them: message, locations and path, and of the extensions only code, service
 * and request id. Whatever nobody expected is masked, and logged whole with the request id.
 */
export function toAnswerErrors(result: ExecutionResult, request: RequestContext, log: Logger): GraphQLError[] {
  const before = result.data === undefined;
  const errors = result.errors ?? [];
  return withoutRepeats(errors).map((error) => toAnswerError(error, before, request, log));
}

/** A field that throws where no null may be is two errors to graphql-jit: what it threw, and the null. One is enough. */
function withoutRepeats(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  if (errors.length < 2) return errors;
  const seen = new Set<string>();
  return errors.filter(({ path }) => {
    if (!path) return true;
    const key = path.join('.');
    return !seen.has(key) && seen.add(key);
  });
}

function toAnswerError(error: GraphQLError, before: boolean, request: RequestContext, log: Logger): GraphQLError {
  const { requestId } = request;
  const { message, code, service, details } = classify(error, before);
  const cause = error.originalError;
  if (code === ErrorCode.InternalServerError) {
    if (!(cause instanceof CallerGoneError)) {
      logUnexpected(log, cause ?? error, { requestId, callerId: request.identity.id, path: error.path });
    }
  } else if (!before) {
    log.warn({ requestId, code, service, path: error.path, cause: reasonOf(cause) }, message);
  }
  const answer = new GraphQLError(message, {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    extensions: { code, ...(service === undefined ? {} : { service }), ...details, requestId },
  });
  // graphql-jit knows where, but not by which node.
  if (!error.nodes && error.locations)
    Object.defineProperty(answer, 'locations', { value: error.locations, enumerable: true });
  return answer;
}

interface Class {
  readonly message: string;
  readonly code: unknown;
  readonly service?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

function classify(error: GraphQLError, before: boolean): Class {
  const cause = error.originalError;
  if (cause instanceof CodedError) return cause;
  const code = error.extensions?.['code'];
  if (before) {
    // Before execution, what has no code of its own is a variable that cannot be coerced.
    return { message: error.message, code: code ?? ErrorCode.BadUserInput };
  }
  if (isUnusableData(error)) return { message: UNUSABLE, code: ErrorCode.ServiceBadResponse };
  return { message: MASKED, code: ErrorCode.InternalServerError };
}

/**
 * Both executors complete each value against the schema. What does not fit, a scalar or enum that cannot hold its value
 * or no list where one should be, is an error without a cause or with a GraphQLError for one; a null where none may be
 * is in graphql-js a plain Error that only its text tells from others.
 */
function isUnusableData(error: GraphQLError): boolean {
  const cause = error.originalError;
  return (
    !cause ||
    cause instanceof UnusableDataError ||
    cause instanceof GraphQLError ||
    cause.message.startsWith('Cannot return null for non-nullable field')
  );
}

function reasonOf(error: Error | null | undefined): string | undefined {
  const reason = error?.cause ?? error;
  return reason instanceof Error ? reason.message : undefined;
}
