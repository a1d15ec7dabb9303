import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError, ErrorCode } from '../request/errors.ts';
import { truncate } from '../request/truncate.ts';
import { type Logger, logUnexpected } from '../telemetry/log.ts';

/** The message of whatever is not meant for the caller. */
export const MASKED = 'Something went wrong on our side.';
const UNUSABLE = 'The data of this field is not what the schema promises.';

/** A service's answer was read, but a field cannot be made of it. */
export class UnusableDataError extends Error {}

const MAX_MESSAGE = 200;

/**
 * What code written by hand threw or rejected with, unless it is one of our own errors. It can be any value: text, null, a proxy, an
 * error whose getters throw. Executors see this error instead, which is safe to read.
 */
export class ResolverError extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super(summaryOf(thrown));
    this.thrown = thrown;
  }
}

/** What the log should show of an error. */
export function thrownOf(error: unknown): unknown {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  return cause instanceof ResolverError ? cause.thrown : error;
}

/** A short text that tells one kind of error from another. */
function summaryOf(thrown: unknown): string {
  try {
    const text: unknown =
      typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
    return typeof text === 'string' ? truncate(text, MAX_MESSAGE) : `A value of type ${typeof thrown} was thrown.`;
  } catch {
    return 'A value was thrown that cannot be read.';
  }
}

/** An error as the caller gets it. */
export interface AnswerError extends GraphQLFormattedError {
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** As many places are logged of what went wrong at many. */
const LOGGED_PATHS = 5;

/** What went wrong, once: as the caller gets it, and as it is logged. */
interface Wrong {
  readonly message: string;
  readonly extensions: AnswerError['extensions'];
  readonly code: unknown;
  readonly cause: Error;
  readonly paths: AnswerError['path'][];
  count: number;
}

/**
 * The errors of a result as the caller gets them: message, locations and path, and of the extensions only code, service
 * and request id. Whatever nobody expected is masked, and logged whole with the request id. A call that failed is one
 * line in the log, however many fields lack what it would have given; they are plain objects and no Errors, since the
 * answer is nearly late when there are many.
 */
export function toAnswerErrors(result: ExecutionResult, request: RequestContext, log: Logger): AnswerError[] {
  const before = result.data === undefined;
  const wrongs = new Map<unknown, Wrong>();
  const answers = inResponseOrder(result).map((error) => {
    const key = identityOf(error);
    const wrong = wrongs.get(key) ?? wrongOf(error, before, request);
    wrongs.set(key, wrong);
    wrong.count += 1;
    if (wrong.paths.length < LOGGED_PATHS) wrong.paths.push(error.path);
    return answerOf(error, wrong);
  });
  for (const wrong of wrongs.values()) note(wrong, before, request, log);
  return answers;
}

/** Errors in the order of their places in the response, whichever of them happened first, so that equal results have equal text. */
function inResponseOrder({ data, errors = [] }: ExecutionResult): readonly GraphQLError[] {
  if (errors.length < 2) return errors;
  const root = new Place();
  for (const error of errors) root.at(error.path ?? []).errors.push(error);
  return root.inOrderOf(data);
}

class Place {
  readonly errors: GraphQLError[] = [];
  readonly #below = new Map<string | number, Place>();

  at(path: readonly (string | number)[]): Place {
    let place: Place = this;
    for (const step of path) {
      const next = place.#below.get(step) ?? new Place();
      place.#below.set(step, next);
      place = next;
    }
    return place;
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

  /** What is not in the response, below a null, stays in the order in which it happened. */
  #stepsIn(value: unknown): Iterable<string | number> {
    const steps = [...this.#below.keys()];
    if (Array.isArray(value)) return steps.sort((a, b) => Number(a) - Number(b));
    if (typeof value !== 'object' || value === null) return steps;
    const inResponse = Object.keys(value).filter((key) => this.#below.has(key));
    return [...inResponse, ...steps.filter((step) => !Object.hasOwn(value, step))];
  }
}

/** The same for errors that are one: all keys of a call fail by one object, all rows of a field with one message. */
function identityOf({ originalError, message, path = [] }: GraphQLError): unknown {
  if (originalError instanceof CodedError) return originalError;
  return `${path.filter((step) => typeof step === 'string').join('.')}: ${truncate(message)}`;
}

function wrongOf(error: GraphQLError, before: boolean, { requestId }: RequestContext): Wrong {
  const { message, code, service, details } = classify(error, before);
  const extensions = { code, ...(service === undefined ? {} : { service }), ...details, requestId };
  return { message: truncate(message), extensions, code, cause: error.originalError ?? error, paths: [], count: 0 };
}

function answerOf({ locations, path }: GraphQLError, { message, extensions }: Wrong): AnswerError {
  return { message, ...(locations ? { locations } : {}), ...(path ? { path } : {}), extensions };
}

function note(
  { message, extensions, code, cause, paths, count }: Wrong,
  before: boolean,
  request: RequestContext,
  log: Logger,
): void {
  const { requestId } = request;
  if (code === ErrorCode.InternalServerError) {
    if (cause instanceof CallerGoneError) return;
    logUnexpected(log, thrownOf(cause), { requestId, callerId: request.identity.id, paths, count });
  } else if (!before) {
    log.warn({ requestId, code, service: extensions['service'], paths, count, cause: reasonOf(cause) }, message);
  }
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
