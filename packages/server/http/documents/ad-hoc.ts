import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { MASKED } from '../../graphql/answer-error.ts';
import type { Engine, Executed } from '../../graphql/execute.ts';
import { idOf } from '../../graphql/screens.ts';
import type { RequestContext } from '../../request/context.ts';
import { BadRequestError, ErrorCode } from '../../request/errors.ts';
import { truncate } from '../../request/truncate.ts';
import { type Logger, logUnexpected } from '../../telemetry/log.ts';
import type { GraphQLParams } from '../input/params.ts';
import { MAX_TOKENS, sizeRule } from './size-limits.ts';
import { MAX_VALIDATION_COST, validationCost } from './validation-cost.ts';

/** Wraps the request: Apollo copies the context of an operation property by property, which would lose its getters. */
interface ApolloContext {
  readonly request: RequestContext;
  /** The executor's own result. It goes to the caller instead of Apollo's copy. */
  readonly outcome: { executed?: Executed };
}

/** Runs an operation that is not registered. Throws BadRequestError for a mutation by GET. */
export type AnswerAdHoc = (
  params: GraphQLParams,
  method: string,
  request: RequestContext,
) => Promise<{
  readonly data?: unknown;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}>;

/** Most parsed ad-hoc documents, and most texts of automatic persisted queries, that are stored. */
const MAX_DOCUMENTS = 1_000;

/**
 * Starts Apollo Server, which parses and validates ad-hoc documents and implements automatic persisted queries. The engine executes them:
 * Apollo takes an executor from its gateway option.
 */
export async function startApollo(
  schema: GraphQLSchema,
  engine: Engine,
  options: { readonly introspection: boolean; readonly log: Logger },
): Promise<AnswerAdHoc> {
  // Apollo formats an error without its request, so that it cannot be logged there.
  const unexpected = new WeakMap<GraphQLFormattedError, unknown>();
  const server = new ApolloServer<ApolloContext>({
    gateway: {
      onSchemaLoadOrUpdate(callback) {
        callback({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => {};
      },
      load: async () => ({
        schema,
        // Apollo's gateway types do not know the type of `contextValue` below.
        executor: ({ document, request, context }) => execute(engine, document, request, context as ApolloContext),
      }),
      stop: async () => {},
    },
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [sizeRule],
    // Apollo's default store is bounded by the length of the documents: 30 MiB of text are hundreds of MiB of syntax trees.
    documentStore: boundedStore<DocumentNode>(MAX_DOCUMENTS),
    persistedQueries: { cache: boundedStore<string>(MAX_DOCUMENTS) },
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    logger: options.log,
    formatError: (formatted, error) => maskUnexpected(formatted, error, unexpected),
    // Apollo's default instruments every field.
    plugins: [ApolloServerPluginCacheControlDisabled()],
  });
  await server.start();
  const isAffordable = rememberAffordable();
  return async (params, method, request) => {
    const { query, operationName, variables, extensions } = params;
    if (query !== undefined && !isAffordable(query)) return { errors: [TOO_EXPENSIVE], extensions: undefined };
    const outcome: ApolloContext['outcome'] = {};
    const { body, http } = await server.executeOperation(
      {
        ...(query === undefined ? {} : { query }),
        ...(operationName === undefined ? {} : { operationName }),
        variables,
        extensions,
        http: { method, headers: new HeaderMap(), search: '', body: params },
      },
      { contextValue: { request, outcome } },
    );
    if (body.kind !== 'single') throw new Error('Incremental delivery is not switched on.');
    for (const error of body.singleResult.errors ?? []) {
      if (!unexpected.has(error)) continue;
      logUnexpected(options.log, unexpected.get(error), {
        requestId: request.requestId,
        callerId: request.identity.id,
      });
    }
    const { data, errors, extensions: answered } = outcome.executed ?? body.singleResult;
    // The only status that Apollo decides: 405 for a mutation by GET.
    if (http.status === 405) throw new BadRequestError(405, errors?.[0]?.message ?? '', { allow: 'POST' });
    return { data, errors, extensions: answered };
  };
}

const TOO_EXPENSIVE: GraphQLFormattedError = {
  message: `Validating the document would take more than ${MAX_VALIDATION_COST} steps. Select each field once.`,
  extensions: { code: ErrorCode.ValidationFailed },
};

/** Returns a function that tells whether a text can be validated at a bounded cost. It remembers the most recent affordable texts. */
function rememberAffordable(): (text: string) => boolean {
  const affordable = new LRUCache<string, true>({ max: MAX_DOCUMENTS });
  return (text) => {
    const id = idOf(text);
    if (affordable.get(id)) return true;
    const document = parsed(text);
    if (document && validationCost(document) > MAX_VALIDATION_COST) return false;
    affordable.set(id, true);
    return true;
  };
}

/** Undefined for a text with a syntax error or too many tokens, which Apollo reports. */
function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text, { maxTokens: MAX_TOKENS, noLocation: true });
  } catch {
    return undefined;
  }
}

/** A store of at most `max` entries, with the asynchronous interface of Apollo Server's caches. */
export function boundedStore<Value extends object | string>(max: number) {
  const entries = new LRUCache<string, Value>({ max });
  return {
    get: async (key: string): Promise<Value | undefined> => entries.get(key),
    set: async (key: string, value: Value): Promise<void> => {
      entries.set(key, value);
    },
    delete: async (key: string): Promise<boolean> => entries.delete(key),
    get size(): number {
      return entries.size;
    },
  };
}

/**
 * Executes a document with the engine, and returns at most one error to Apollo. Apollo copies every error several times, which is too slow
 * for a response with a thousand of them.
 */
async function execute(
  engine: Engine,
  document: DocumentNode,
  { operationName, variables = {} }: { readonly operationName?: string; readonly variables?: Record<string, unknown> },
  { request, outcome }: ApolloContext,
): Promise<ExecutionResult<Record<string, unknown>, Record<string, unknown>>> {
  // The request's own operationName: Apollo's is null if no operation has that name.
  const executed = await engine.execute({ document, operationName, variables }, request);
  outcome.executed = executed;
  const [error] = executed.errors ?? [];
  return { data: executed.data ?? null, ...(error ? { errors: [new GraphQLError(error.message, error)] } : {}) };
}

/**
 * Masks errors that Apollo did not expect, and keeps the originals for the log. Errors of the execution are final already. Errors of the
 * validation quote names of the caller, so they are truncated.
 */
function maskUnexpected(
  formatted: GraphQLFormattedError,
  error: unknown,
  unexpected: WeakMap<GraphQLFormattedError, unknown>,
): GraphQLFormattedError {
  if (formatted.extensions?.['code'] !== ErrorCode.InternalServerError) {
    return { ...formatted, message: truncate(formatted.message) };
  }
  if (isRejection(error)) return { ...formatted, extensions: { code: ErrorCode.BadRequest } };
  if (formatted.message === MASKED) return formatted;
  const masked = { message: MASKED, extensions: { code: ErrorCode.InternalServerError } };
  unexpected.set(masked, unwrapped(error));
  return masked;
}

/** Apollo rejects a request with a status and without a code. */
function isRejection(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const { status } = (error.extensions['http'] ?? {}) as { readonly status?: number };
  return status !== undefined && status >= 400 && status < 500;
}

function unwrapped(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}
