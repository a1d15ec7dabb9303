import type { Request, Response } from 'express';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { didYouMean } from '../command/nearest.ts';
import type { Engine } from '../graphql/execute.ts';
import type { Screen } from '../graphql/screens.ts';
import type { RequestContext } from '../request/context.ts';
import type { Reserve } from '../request/deadline.ts';
import { BadRequestError, ErrorCode } from '../request/errors.ts';
import type { AdHocCounter, DocumentMode } from './ad-hoc.ts';
import type { AnswerAdHoc } from './apollo.ts';
import { cookiesToPassOn } from './cookies.ts';
import type { GraphQLParams } from './graphql-params.ts';
import type { Identify } from './identity/identify.ts';
import { negotiateMediaType } from './media-type.ts';
import type { BodyLimits } from './read-json.ts';
import type { Registry } from './registry.ts';
import { createRequestContext } from './request-context.ts';
import type { Asked } from './sandbox/explain.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { type Sending, sendGraphQL } from './send.ts';
import type { Shedding } from './shed-load.ts';
import { statusOf } from './status.ts';

/** What stands behind the routes of a server: one engine, and Apollo Server for all that is not registered. */
export interface GraphQLHandler {
  readonly engine: Engine;
  /** Loaded and started before the server is ready, or for the first operation in a server that does not warm up. */
  readonly adHoc: () => Promise<AnswerAdHoc>;
  readonly registry: Registry;
  /** Undefined where it is switched off: then no answer is explained, and no request has drills. */
  readonly sandbox: Sandbox | undefined;
  readonly schema: GraphQLSchema;
  /** What becomes of operations that are not registered. */
  readonly documents: DocumentMode;
  readonly adHocUse: AdHocCounter;
  /** Whether errors may tell the names of screens. */
  readonly suggestions: boolean;
  readonly shedding: Shedding;
  /** How bodies are read. */
  readonly bodies: BodyLimits;
  readonly identify: Identify;
  readonly requestDeadlineMs: number;
  /** What is kept back of it. */
  readonly reserve: Reserve;
  /** Names of the services' cookies that go on to the client. */
  readonly passedOnCookies: readonly string[];
}

/** Answers a GraphQL request: by the engine where it asks for a registered document, else by way of Apollo Server. */
export async function handleGraphQL(
  doors: GraphQLHandler,
  request: Request,
  response: Response,
  params: GraphQLParams,
) {
  const { query, documentId, operationName, variables, extensions } = params;
  const persisted = extensions['persistedQuery'] !== undefined;
  if (query === undefined && documentId === undefined && !persisted) {
    throw new BadRequestError(400, 'The parameter "query" is missing.');
  }
  const screen = doors.registry.of(params);
  if (screen) {
    const { answered, context } = await runScreen(doors, request, response, screen, variables, operationName);
    await send(doors, request, response, context, answered);
    return;
  }
  const context = createRequestContext(request, response, doors);
  if (doors.documents === 'locked' || (documentId !== undefined && query === undefined)) {
    await send(doors, request, response, context, notRegistered(doors, params, context.requestId));
    return;
  }
  if (doors.documents === 'warn') doors.adHocUse.note(request, params);
  const answerAdHoc = await doors.adHoc();
  const answered = await answerAdHoc(params, request.method, context);
  const errors = answered.errors && withRequestId(answered.errors, context.requestId);
  await send(doors, request, response, context, {
    data: answered.data,
    errors,
    extensions: explained(doors, request, context, answered.extensions, { ...params, screen: undefined }),
  });
}

/** Answers a screen that was asked for by its name: a resource of its own, which may have an ETag, and 400 for bad variables. */
export async function handleScreen(
  doors: GraphQLHandler,
  request: Request,
  response: Response,
  screen: Screen,
  variables: GraphQLParams['variables'],
): Promise<void> {
  const { answered, context } = await runScreen(doors, request, response, screen, variables, undefined);
  const refused = answered.data === undefined && answered.errors?.[0]?.extensions?.['code'] === ErrorCode.BadUserInput;
  await send(doors, request, response, context, answered, { withETag: true, ...(refused ? { status: 400 } : {}) });
}

/** The short way: a registered document was parsed, validated and compiled when the server started. */
async function runScreen(
  doors: GraphQLHandler,
  request: Request,
  response: Response,
  { document, name, text }: Screen,
  variables: GraphQLParams['variables'],
  operationName: string | undefined,
): Promise<{ answered: Answered; context: RequestContext }> {
  const context = createRequestContext(request, response, doors);
  const result = await doors.engine.execute({ document, operationName: operationName ?? name, variables }, context);
  const { data, errors } = result;
  const extensions = explained(doors, request, context, result.extensions, {
    query: text,
    operationName,
    variables,
    screen: name,
  });
  return { answered: { data, errors, extensions }, context };
}

/** The extensions of an answer, and beside them how its request went, where that asks for it and may. */
function explained(
  { sandbox }: GraphQLHandler,
  { headers }: Request,
  context: RequestContext,
  extensions: Answered['extensions'],
  asked: Asked,
): Answered['extensions'] {
  const facet = sandbox?.explain(headers, context, asked);
  return facet ? { ...extensions, facet } : extensions;
}

/**
 * The refusal of what is not registered. After a hash alone, Apollo's and urql's clients take this message for a wish to
 * have the text, which may be registered in another form.
 */
function notRegistered(
  { registry, suggestions }: GraphQLHandler,
  { query, documentId, operationName }: GraphQLParams,
  requestId: string,
): Answered {
  const nearest = suggestions && operationName !== undefined ? didYouMean(operationName, registry.names) : '';
  const message =
    query === undefined && documentId === undefined
      ? 'PersistedQueryNotFound'
      : `Only registered documents are answered here, and this is none of them.${nearest}`;
  return {
    data: undefined,
    errors: [{ message, extensions: { code: ErrorCode.ScreenNotFound, requestId } }],
    extensions: undefined,
  };
}

interface Answered {
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

function send(
  { passedOnCookies, reserve }: GraphQLHandler,
  request: Request,
  response: Response,
  context: RequestContext,
  { data, errors, extensions }: Answered,
  how: Partial<Sending> = {},
): Promise<void> | undefined {
  const mediaType = negotiateMediaType(request) ?? 'application/json';
  const status = statusOf(data !== undefined, errors?.[0]?.extensions?.['code'], mediaType);
  const cookies = cookiesToPassOn(context.ledger.cookies, passedOnCookies);
  if (cookies.length > 0) response.setHeader('Set-Cookie', cookies);
  const sending = sendGraphQL(response, { status, mediaType, ...how }, context, {
    ...(errors ? { errors } : {}),
    ...(data === undefined ? {} : { data }),
    ...(extensions === undefined ? {} : { extensions }),
  });
  const learn = () => learnReserve(reserve, context);
  return sending ? sending.then(learn) : learn();
}

/** An answer whose calls were cut off by its deadline shows how much of one has to be kept back. */
function learnReserve(reserve: Reserve, { deadline, ledger }: RequestContext): undefined {
  const overMs = -deadline.remainingMs();
  // A caller may have allowed less than the reserve.
  if (overMs > 0) reserve.note(Math.min(overMs, ledger.elapsedMs()));
}

/** Errors that Apollo found before execution do not have it yet. */
function withRequestId(errors: readonly GraphQLFormattedError[], requestId: string): GraphQLFormattedError[] {
  return errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
}
