import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError, ErrorCode } from '../request/errors.ts';
import { truncate } from '../request/truncate.ts';
import { type Logger, logUnexpected } from '../telemetry/log.ts';

/** The message that replaces internal errors. */
export const MASKED = 'Something went wrong on our side.';
const UNUSABLE = 'The data of this field is not what the schema promises.';

/** A service's response was parsed, but its data does not fit a field. */
export class UnusableDataError extends Error {}

const MAX_MESSAGE = 200;

/**
 * Wraps a value that hand-written code threw or rejected with: a text, null, a proxy, an error whose getters throw. This error can be
 * read safely. Facet's own errors are not wrapped.
 */
export class ResolverError extends Error {
  readonly #thrown: unknown;

  constructor(thrown: unknown) {
    super(summaryOf(thrown));
    this.#thrown = thrown;
  }

  /** No property of its own, so that it cannot get into a response. */
  get thrown(): unknown {
    return this.#thrown;
  }
}

/** The value to log for an error. */
export function thrownOf(error: unknown): unknown {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  return cause instanceof ResolverError ? cause.thrown : error;
}

/** A short text that distinguishes kinds of errors. */
function summaryOf(thrown: unknown): string {
  try {
    const text: unknown =
      typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
    return typeof text === 'string'
      ? truncate(text, MAX_MESSAGE)
      : `A resolver threw a value of type ${typeof thrown}.`;
  } catch {
    return 'A resolver threw a value that cannot be read.';
  }
}

/** An error in a response. */
export interface AnswerError extends GraphQLFormattedError {
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Paths that are logged for an error at several fields. */
const LOGGED_PATHS = 5;

/** Errors with the same cause, with the parts that they share. */
interface ErrorGroup {
  readonly message: string;
  readonly extensions: AnswerError['extensions'];
  readonly code: unknown;
  readonly cause: Error;
  readonly paths: AnswerError['path'][];
  count: number;
}

/**
 * Converts the errors of a result for the caller: message, locations, path, and in the extensions only code, service and request id.
 * Unexpected errors are masked, and logged in full with the request id. A failed call is one log line for all of its fields. The errors
 * are plain objects, because creating many Error instances is slow.
 */
export function toAnswerErrors(result: ExecutionResult, request: RequestContext, log: Logger): AnswerError[] {
  const isBeforeExecution = result.data === undefined;
  const groups = new Map<unknown, ErrorGroup>();
  const errors = inResponseOrder(result).map((error) => {
    const key = identityOf(error);
    const group = groups.get(key) ?? groupOf(error, isBeforeExecution, request);
    groups.set(key, group);
    group.count += 1;
    if (group.paths.length < LOGGED_PATHS) group.paths.push(error.path);
    return toResponse(error, group);
  });
  for (const group of groups.values()) logGroup(group, isBeforeExecution, request, log);
  return errors;
}

/** Sorts errors by their position in the response instead of by time, so that equal results have equal text. */
function inResponseOrder({ data, errors = [] }: ExecutionResult): readonly GraphQLError[] {
  if (errors.length < 2) return errors;
  const root = new PathNode();
  for (const error of errors) root.at(error.path ?? []).errors.push(error);
  return root.inOrderOf(data);
}

/** A tree of the errors' paths. */
class PathNode {
  readonly errors: GraphQLError[] = [];
  readonly #below = new Map<string | number, PathNode>();

  at(path: readonly (string | number)[]): PathNode {
    let node: PathNode = this;
    for (const step of path) {
      const next = node.#below.get(step) ?? new PathNode();
      node.#below.set(step, next);
      node = next;
    }
    return node;
  }

  inOrderOf(value: unknown): GraphQLError[] {
    const steps = this.#below.size < 2 ? this.#below.keys() : this.#stepsIn(value);
    return [
      ...this.errors,
      ...Array.from(steps).flatMap((step) => {
        const inside: unknown = value === null || value === undefined ? undefined : Reflect.get(Object(value), step);
        return this.#below.get(step)?.inOrderOf(inside) ?? [];
      }),
    ];
  }

  /** Paths below a null are not in the response; they keep the order in which the errors happened. */
  #stepsIn(value: unknown): Iterable<string | number> {
    const steps = [...this.#below.keys()];
    if (Array.isArray(value)) return steps.sort((a, b) => Number(a) - Number(b));
    if (typeof value !== 'object' || value === null) return steps;
    const inResponse = Object.keys(value).filter((key) => this.#below.has(key));
    return [...inResponse, ...steps.filter((step) => !Object.hasOwn(value, step))];
  }
}

/** Equal for errors with the same cause: the keys of a call share one error object; the rows of a field share a message. */
function identityOf({ originalError, message, path = [] }: GraphQLError): unknown {
  if (originalError instanceof CodedError) return originalError;
  return `${path.filter((step) => typeof step === 'string').join('.')}: ${truncate(message)}`;
}

function groupOf(error: GraphQLError, isBeforeExecution: boolean, { requestId }: RequestContext): ErrorGroup {
  const { message, code, service, details } = classify(error, isBeforeExecution);
  const extensions = { code, ...(service === undefined ? {} : { service }), ...details, requestId };
  return { message: truncate(message), extensions, code, cause: error.originalError ?? error, paths: [], count: 0 };
}

function toResponse({ locations, path }: GraphQLError, { message, extensions }: ErrorGroup): AnswerError {
  return { message, ...(locations ? { locations } : {}), ...(path ? { path } : {}), extensions };
}

function logGroup(
  { message, extensions, code, cause, paths, count }: ErrorGroup,
  isBeforeExecution: boolean,
  request: RequestContext,
  log: Logger,
): void {
  const { requestId } = request;
  if (code === ErrorCode.InternalServerError) {
    if (cause instanceof CallerGoneError) return;
    logUnexpected(log, thrownOf(cause), { requestId, callerId: request.identity.id, paths, count });
  } else if (!isBeforeExecution) {
    log.warn({ requestId, code, service: extensions['service'], paths, count, cause: reasonOf(cause) }, message);
  }
}

interface Class {
  readonly message: string;
  readonly code: unknown;
  readonly service?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

function classify(error: GraphQLError, isBeforeExecution: boolean): Class {
  const cause = error.originalError;
  if (cause instanceof CodedError) return cause;
  const code = error.extensions?.['code'];
  if (isBeforeExecution) {
    // Before execution, an error without a code is a variable that cannot be coerced.
    return { message: error.message, code: code ?? ErrorCode.BadUserInput };
  }
  if (isUnusableData(error)) return { message: UNUSABLE, code: ErrorCode.ServiceBadResponse };
  return { message: MASKED, code: ErrorCode.InternalServerError };
}

/**
 * Whether a value does not fit the schema. A wrong scalar, enum value or list is an error without a cause, or with a GraphQLError as the
 * cause. A null in a non-null field is a plain Error, as in graphql-js, and only its message identifies it.
 */
function isUnusableData(error: GraphQLError): boolean {
  const cause = error.originalError;
  if (cause instanceof ResolverError) return false;
  return (
    !cause ||
    cause instanceof UnusableDataError ||
    cause instanceof GraphQLError ||
    cause.message.startsWith('Cannot return null for non-nullable field')
  );
}

function reasonOf(error: Error): string | undefined {
  const reason = error.cause ?? error;
  return reason instanceof Error ? reason.message : undefined;
}
