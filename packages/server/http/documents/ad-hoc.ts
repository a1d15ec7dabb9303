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

/** Apollo copies the context of an operation property by property, which a request does not survive. */
interface ApolloContext {
  readonly request: RequestContext;
  /** Where the executor leaves what goes to the caller, past what Apollo would make of it. */
  readonly outcome: { executed?: Executed };
}

/** Runs any operation that is not registered, and tells what Apollo would answer. */
export type AnswerAdHoc = (
  params: GraphQLParams,
  method: string,
  request: RequestContext,
) => Promise<{
  readonly data?: unknown;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}>;

/** Ad-hoc documents that are kept parsed and validated, and automatic persisted queries that are kept as text. */
const MAX_DOCUMENTS = 1_000;

/**
 * Apollo Server for parsing, validating and persisted queries. Execution is ours: the gateway hook is where Apollo takes
 * an executor from.
 */
export async function startApollo(
  schema: GraphQLSchema,
  engine: Engine,
  options: { readonly introspection: boolean; readonly log: Logger },
): Promise<AnswerAdHoc> {
  // Apollo knows no request where it formats an error.
  const unexpected = new WeakMap<GraphQLFormattedError, unknown>();
  const server = new ApolloServer<ApolloContext>({
    gateway: {
      onSchemaLoadOrUpdate(callback) {
        callback({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => {};
      },
      load: async () => ({
        schema,
        // Apollo's gateway types know no context of ours; it is what the front door passed in.
        executor: ({ document, request, context }) => execute(engine, document, request, context as ApolloContext),
      }),
      stop: async () => {},
    },
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [sizeRule],
    // Its defaults are bounded in bytes, and 30 MiB of documents are hundreds of MiB of trees.
    documentStore: boundedStore<DocumentNode>(MAX_DOCUMENTS),
    persistedQueries: { cache: boundedStore<string>(MAX_DOCUMENTS) },
    stopOnTerminationSignals: false,
    csrfPrevention: true,
    logger: options.log,
    formatError: (formatted, error) => maskUnexpected(formatted, error, unexpected),
    // Its default instruments every field.
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
    // The one status that is neither of ours: 405, with Allow, for what a GET must not do.
    if (http.status === 405) throw new BadRequestError(405, errors?.[0]?.message ?? '', { allow: 'POST' });
    return { data, errors, extensions: answered };
  };
}

const TOO_EXPENSIVE: GraphQLFormattedError = {
  message: `Validating the document takes more than ${MAX_VALIDATION_COST} steps: select a field once, where it is selected again and again.`,
  extensions: { code: ErrorCode.ValidationFailed },
};

/** Whether a text can be validated at a bounded cost; of those that can, the newest are remembered. What cannot be parsed costs nothing. */
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

/** Undefined where the text has an error or is too long, which Apollo tells of. */
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
 * Apollo is told of one error, so that it knows of a failure: it takes Errors alone, and copies each of them several times,
 * which a thousand rows that lack something cannot wait for.
 */
async function execute(
  engine: Engine,
  document: DocumentNode,
  { operationName, variables = {} }: { readonly operationName?: string; readonly variables?: Record<string, unknown> },
  { request, outcome }: ApolloContext,
): Promise<ExecutionResult<Record<string, unknown>, Record<string, unknown>>> {
  // What was asked for: Apollo's own operationName is null where no operation has that name.
  const executed = await engine.execute({ document, operationName, variables }, request);
  outcome.executed = executed;
  const [error] = executed.errors ?? [];
  return { data: executed.data ?? null, ...(error ? { errors: [new GraphQLError(error.message, error)] } : {}) };
}

/**
 * Errors of execution arrive here as they shall be; what Apollo itself did not expect must not be shown. Errors of validation quote
 * the caller's names, the same one in every error.
 */
function maskUnexpected(
  formatted: GraphQLFormattedError,
  error: unknown,
  unexpected: WeakMap<GraphQLFormattedError, unknown>,
): GraphQLFormattedError {
  if (formatted.extensions?.['code'] !== ErrorCode.InternalServerError) {
    return { ...formatted, message: truncate(formatted.message) };
  }
  if (isRefusal(error)) return { ...formatted, extensions: { code: ErrorCode.BadRequest } };
  if (formatted.message === MASKED) return formatted;
  const masked = { message: MASKED, extensions: { code: ErrorCode.InternalServerError } };
  unexpected.set(masked, unwrapped(error));
  return masked;
}

/** Apollo gives its own refusals a status and no code. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const { status } = (error.extensions['http'] ?? {}) as { readonly status?: number };
  return status !== undefined && status >= 400 && status < 500;
}

function unwrapped(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}
