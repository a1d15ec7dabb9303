import { GraphQLError } from 'graphql';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError, ErrorCode } from '../request/errors.ts';
import type { Logger } from '../telemetry/log.ts';

/** The message of whatever is not meant for the caller. */
export const MASKED = 'Something went wrong on our side.';
const UNUSABLE = 'The data of this field is not what the schema promises.';

/** A service's answer was read, but a field cannot be made of it. */
export class UnusableDataError extends Error {}

/**
 * An execution error as the caller gets it: message, locations and path, and of the extensions only code, service and
 * request id. Whatever nobody expected is masked, and logged whole with the request id.
 */
export function toAnswerError(error: GraphQLError, request: RequestContext, log: Logger): GraphQLError {
  const { requestId } = request;
  const { message, code, service } = classify(error);
  const cause = error.originalError;
  if (code === ErrorCode.InternalServerError) {
    if (!(cause instanceof CallerGoneError))
      log.error({ requestId, path: error.path, err: cause ?? error }, 'unexpected error');
  } else if (service !== undefined || cause !== undefined) {
    log.warn({ requestId, code, service, path: error.path, cause: reasonOf(cause) }, message);
  }
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    extensions: { code, ...(service === undefined ? {} : { service }), requestId },
  });
}

function classify(error: GraphQLError): { message: string; code: unknown; service?: string | undefined } {
  const cause = error.originalError;
  if (cause instanceof CodedError) return cause;
  if (isUnusableData(error)) return { message: UNUSABLE, code: ErrorCode.ServiceBadResponse };
  const code = error.extensions['code'];
  if (cause === undefined && code !== undefined) return { message: error.message, code };
  return { message: MASKED, code: ErrorCode.InternalServerError };
}

/**
 * graphql-js completes each value against the schema. A scalar or enum that cannot hold it throws a GraphQLError of its
 * own; a null where none may be is a plain Error that only its text tells from others.
 */
function isUnusableData(error: GraphQLError): boolean {
  const cause = error.originalError;
  return (
    error.path !== undefined &&
    (cause instanceof UnusableDataError ||
      (cause instanceof GraphQLError && cause.extensions['code'] === undefined) ||
      error.message.startsWith('Cannot return null for non-nullable field') ||
      error.message.startsWith('Expected Iterable, but did not find one'))
  );
}

function reasonOf(error: Error | null | undefined): string | undefined {
  const reason = error?.cause ?? error;
  return reason instanceof Error ? reason.message : undefined;
}
