import { type Request, type Response, Router } from 'express';
import { type GraphQLFormattedError, type GraphQLSchema, getOperationAST } from 'graphql';
import { didYouMean } from '../command/nearest.ts';
import type { Engine } from '../graphql/execute.ts';
import type { Screen } from '../graphql/screens.ts';
import type { RequestContext } from '../request/context.ts';
import type { Reserve } from '../request/deadline.ts';
import { BadRequestError, CodedError, ErrorCode } from '../request/errors.ts';
import type { Identity } from '../request/identity.ts';
import type { AnswerAdHoc } from './documents/ad-hoc.ts';
import type { AdHocCounter, DocumentMode } from './documents/ad-hoc-use.ts';
import type { RegisteredDocuments } from './documents/registered.ts';
import type { IncomingRequest, OnRequest } from './extensions.ts';
import type { Identify } from './identity/identify.ts';
import { type BodyLimits, checkJson, parsedBody, parseJson, readBody } from './input/body.ts';
import { checkAccept, checkPreflight, queryOf } from './input/head.ts';
import { type GraphQLParams, paramsOfBody, paramsOfQuery } from './input/params.ts';
import { variablesOfQuery } from './input/screen-variables.ts';
import { passThroughCookies, type SendOptions, sendGraphQL } from './output/send.ts';
import type { Admission } from './overload/admission.ts';
import type { Paths } from './paths.ts';
import { createRequestContext, type GraphQLResponse, type RequestState, stateOf } from './request-state.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** What the steps of a request use. It is put together once, when the server starts. */
export interface PipelineParts {
  readonly paths: Pick<Paths, 'graphql' | 'screens'>;
  readonly identify: Identify;
  readonly admission: Admission;
  readonly bodies: BodyLimits;
  readonly requestDeadlineMs: number;
  readonly reserve: Reserve;
  readonly onRequest: OnRequest | undefined;
  readonly schema: GraphQLSchema;
  readonly registered: RegisteredDocuments;
  /** Whether operations that are not registered run. */
  readonly documents: DocumentMode;
  readonly adHocUse: AdHocCounter;
  /** Loads Apollo Server on first use. */
  readonly adHoc: () => Promise<AnswerAdHoc>;
  readonly engine: Engine;
  /** Undefined while the sandbox is off: then no response is explained, and no fault is injected. */
  readonly sandbox: Sandbox | undefined;
  /** Whether errors name similar screens. */
  readonly suggestions: boolean;
  /** Names of the services' cookies that the caller gets. */
  readonly passThroughCookies: readonly string[];
}

/**
 * The steps of a GraphQL request, in order. A step that rejects the request throws, and the error boundary answers. What happens before
 * (the state of the request, the access log, the check of the head, CORS, the trace) is in app.ts.
 */
export function createPipeline(parts: PipelineParts): Router {
  const { paths, identify, admission, bodies } = parts;

  /** POST /graphql. A request takes a slot when its body is there: neither strangers nor slow callers hold one. */
  async function post(request: Request, response: Response): Promise<void> {
    const state = stateOf(request, response);
    checkAccept(state);
    const identity = await identify(request);
    checkJson(request, response);
    admission.check();
    const body = parsedBody(request) ?? (await readBody(request, response, bodies));
    admission.admit(state);
    const params = paramsOfBody(await parseJson(request, body));
    await run(state, identity, params, findDocument(params));
  }

  /** GET /graphql. */
  async function get(request: Request, response: Response): Promise<void> {
    const state = stateOf(request, response);
    checkAccept(state);
    const identity = await identify(request);
    checkPreflight(request);
    admission.admit(state);
    const params = paramsOfQuery(request);
    await run(state, identity, params, findDocument(params));
  }

  /** GET and HEAD /screens/NAME?variable=value: a registered screen, for callers without a GraphQL library. */
  async function getScreen(request: Request, response: Response): Promise<void> {
    const state = stateOf(request, response);
    checkAccept(state);
    const identity = await identify(request);
    admission.admit(state);
    const { screen, variables } = findScreen(request);
    const params = { ...NO_PARAMS, variables };
    // A screen is a resource of its own: it may have an ETag, and wrong variables are 400.
    await run(state, identity, params, screen, { withETag: true, isStrict: true });
  }

  /** The steps that all routes share: context, hook, execution, response. */
  async function run(
    state: RequestState,
    identity: Identity,
    params: GraphQLParams,
    document: Screen | undefined,
    how: SendOptions & { readonly isStrict?: boolean } = {},
  ): Promise<void> {
    const context = createRequestContext(state, identity, parts);
    await parts.onRequest?.(describe(state, context, params, document));
    const result = document ? await runRegistered(context, params, document) : await runAdHoc(state, context, params);
    await respond(state, context, explain(state, context, params, document, result), how);
  }

  /** The registered document that a request asks for by its id or its text; undefined for an ad-hoc document. */
  function findDocument(params: GraphQLParams): Screen | undefined {
    const { query, documentId, extensions } = params;
    if (query === undefined && documentId === undefined && extensions['persistedQuery'] === undefined) {
      throw new BadRequestError(400, 'The parameter "query" is missing.');
    }
    return parts.registered.of(params);
  }

  function findScreen(request: Request): { screen: Screen; variables: GraphQLParams['variables'] } {
    const name = String(request.params['name']);
    const screen = parts.registered.byName(name);
    const operation = screen && getOperationAST(screen.document);
    if (!operation) {
      const nearest = parts.suggestions ? didYouMean(name, parts.registered.names) : '';
      throw new CodedError(ErrorCode.ScreenNotFound, `There is no screen with this name.${nearest}`);
    }
    return { screen, variables: variablesOfQuery(queryOf(request), operation, parts.schema) };
  }

  /** A registered document was parsed, validated and compiled when the server started. */
  function runRegistered(context: RequestContext, params: GraphQLParams, { document, name }: Screen) {
    const { operationName = name, variables } = params;
    return parts.engine.execute({ document, operationName, variables }, context);
  }

  /** Apollo Server parses and validates an ad-hoc document, before the same engine runs it. */
  async function runAdHoc(state: RequestState, context: RequestContext, params: GraphQLParams): Promise<Result> {
    const isIdAlone = params.documentId !== undefined && params.query === undefined;
    if (parts.documents === 'locked' || isIdAlone) return notRegistered(params, context.requestId, parts);
    if (parts.documents === 'warn') parts.adHocUse.note(state.request, params);
    const answerAdHoc = await parts.adHoc();
    const { data, errors, extensions } = await answerAdHoc(params, state.request.method ?? 'POST', context);
    return { data, errors: errors && withRequestId(errors, context.requestId), extensions };
  }

  /** Adds to the response how its request went, if the sandbox asks for that. */
  function explain(
    { request: { headers } }: RequestState,
    context: RequestContext,
    { query, operationName, variables }: GraphQLParams,
    document: Screen | undefined,
    result: Result,
  ): Result {
    if (result.isRefused) return result;
    const asked = { query: document?.text ?? query, operationName, variables, screen: document?.name };
    const facet = parts.sandbox?.explain(headers, context, asked);
    return facet ? { ...result, extensions: { ...result.extensions, facet } } : result;
  }

  async function respond(
    state: RequestState,
    context: RequestContext,
    { data, errors, extensions }: Result,
    { isStrict, ...how }: SendOptions & { readonly isStrict?: boolean },
  ): Promise<void> {
    const { ledger } = context;
    const cookies = passThroughCookies(ledger.cookies, parts.passThroughCookies);
    if (cookies.length > 0) state.response.setHeader('Set-Cookie', cookies);
    const hasBadVariables = data === undefined && errors?.[0]?.extensions?.['code'] === ErrorCode.BadUserInput;
    const body: GraphQLResponse = {
      ...(errors ? { errors } : {}),
      ...(data === undefined ? {} : { data }),
      ...(extensions === undefined ? {} : { extensions }),
    };
    const options = { ...how, ...(isStrict && hasBadVariables ? { status: 400 } : {}), ledger };
    // No promise where nothing has to be waited for: a response is written in one turn of the event loop.
    const sending = sendGraphQL(state, body, options);
    if (sending) await sending;
    learnReserve(parts.reserve, context);
  }

  const router = Router();
  router.post(paths.graphql, post);
  router.get(paths.graphql, get);
  router.all(paths.graphql, () => {
    throw new BadRequestError(405, 'Only GET and POST are served here.', { allow: 'GET, POST' });
  });
  router.get(`${paths.screens}/:name`, getScreen);
  router.all(`${paths.screens}/:name`, () => {
    throw new BadRequestError(405, 'Only GET and HEAD are served here.', { allow: 'GET, HEAD' });
  });
  return router;
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
  /** The operation was refused before it was looked at. */
  readonly isRefused?: boolean;
}

const NO_PARAMS: GraphQLParams = {
  query: undefined,
  documentId: undefined,
  operationName: undefined,
  variables: {},
  extensions: {},
};

/** The request as the `onRequest` hook sees it. A hook that reads who the caller is makes the response private, as a resolver does. */
function describe(
  { requestId, route, request: { method = 'GET' } }: RequestState,
  context: RequestContext,
  { operationName, variables }: GraphQLParams,
  document: Screen | undefined,
): IncomingRequest {
  return {
    ...{ requestId, route, method, screen: document?.name, operationName, variables },
    get identity() {
      return context.identity;
    },
    get headers() {
      return context.headers ?? {};
    },
  };
}

/**
 * The response to a document that is not registered. After a hash alone, Apollo's and urql's clients take this message as the request to
 * send the text, which may be registered in another form.
 */
function notRegistered(
  { query, documentId, operationName }: GraphQLParams,
  requestId: string,
  { registered, suggestions }: Pick<PipelineParts, 'registered' | 'suggestions'>,
): Result {
  const nearest = suggestions && operationName !== undefined ? didYouMean(operationName, registered.names) : '';
  const message =
    query === undefined && documentId === undefined
      ? 'PersistedQueryNotFound'
      : `This server runs registered documents only, and this document is not registered.${nearest}`;
  return { errors: [{ message, extensions: { code: ErrorCode.ScreenNotFound, requestId } }], isRefused: true };
}

/** Errors that Apollo Server found before execution have no request id yet. */
function withRequestId(errors: readonly GraphQLFormattedError[], requestId: string): GraphQLFormattedError[] {
  return errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
}

/** A response whose calls were cut off by the deadline shows how much of a deadline has to be reserved for writing a response. */
function learnReserve(reserve: Reserve, { deadline, ledger }: RequestContext): void {
  const overMs = -deadline.remainingMs();
  // A caller may have allowed less than the reserve.
  if (overMs > 0) reserve.note(Math.min(overMs, ledger.elapsedMs()));
}
