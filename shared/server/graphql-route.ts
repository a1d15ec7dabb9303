import { type ApolloServer, HeaderMap } from '@apollo/server';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { GraphQLFormattedError } from 'graphql';
import type { Engine } from '../graphql/execute.ts';
import type { Screen } from '../graphql/screens.ts';
import type { RequestContext } from '../request/context.ts';
import { BadRequestError } from '../request/errors.ts';
import { type IdentityHeader, identityOf } from '../request/identity.ts';
import { type GraphQLParams, paramsOfBody, paramsOfQuery } from './graphql-params.ts';
import { negotiateMediaType } from './media-type.ts';
import { openRequest } from './open-request.ts';
import type { Registry } from './registry.ts';
import { sendGraphQL } from './send.ts';
import { statusOf } from './status.ts';

/** Largest body of a request, in bytes. */
export const MAX_BODY_BYTES = 100 * 1024;

/** What the route needs of its server. */
export interface GraphQLRouteOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly apollo: ApolloServer<RequestContext>;
  readonly identityHeader: IdentityHeader;
  readonly requestDeadlineMs: number;
}

/** GET and POST /graphql, by GraphQL over HTTP. */
export function graphqlRoute(options: GraphQLRouteOptions): Router {
  const router = Router();
  const parseJson = express.json({ limit: MAX_BODY_BYTES, strict: false });
  router.post('/graphql', checkCaller(options), checkJson, parseJson, (request, response) =>
    answer(options, request, response, paramsOfBody(request.body)),
  );
  router.get('/graphql', checkCaller(options), checkPreflight, (request, response) =>
    answer(options, request, response, paramsOfQuery(request)),
  );
  router.all('/graphql', () => {
    throw new BadRequestError(405, 'Only GET and POST are served here.', { allow: 'GET, POST' });
  });
  return router;
}

/** Who asks, and in which media type the answer goes, is settled before a body is read. */
export function checkCaller({ identityHeader }: GraphQLRouteOptions): RequestHandler {
  return (request, _response, next) => {
    if (!negotiateMediaType(request)) throw new BadRequestError(406, 'Only JSON can be had here.');
    identityOf(request.headers, identityHeader);
    next();
  };
}

/** JSON alone: a browser sends any other body across origins without asking first (CSRF). */
const checkJson: RequestHandler = (request, response, next) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) throw new BadRequestError(400, 'The body is missing.');
  if (Number(length) > MAX_BODY_BYTES) {
    // Nobody waits for the rest of what is refused already.
    response.setHeader('Connection', 'close');
    throw new BadRequestError(413, 'The body is larger than 100 KB.');
  }
  if (!request.is('application/json')) throw new BadRequestError(415, 'The body must be application/json.');
  next();
};

/** A header that no simple request has makes a browser ask first, as Apollo's CSRF prevention wants of every GET. */
const checkPreflight: RequestHandler = (request, _response, next) => {
  const asksFirst =
    request.get('apollo-require-preflight') || request.get('x-apollo-operation-name') || request.is('application/json');
  if (!asksFirst) throw new BadRequestError(400, 'A GET needs the header apollo-require-preflight.');
  next();
};

async function answer(options: GraphQLRouteOptions, request: Request, response: Response, params: GraphQLParams) {
  if (params.query === undefined && params.extensions['persistedQuery'] === undefined) {
    throw new BadRequestError(400, 'The parameter "query" is missing.');
  }
  const screen = options.registry.of(params);
  if (screen) {
    await answerScreen(options, request, response, screen, params.variables);
    return;
  }
  const context = openRequest(request, response, options);
  const { body, http } = await options.apollo.executeOperation(
    {
      ...(params.query === undefined ? {} : { query: params.query }),
      ...(params.operationName === undefined ? {} : { operationName: params.operationName }),
      variables: params.variables,
      extensions: params.extensions,
      http: { method: request.method, headers: new HeaderMap(), search: '', body: params },
    },
    { contextValue: context },
  );
  if (body.kind !== 'single') throw new Error('Incremental delivery is not switched on.');
  const { data, errors } = body.singleResult;
  // Apollo knows the one status that is neither of ours: 405, with Allow, for what a GET must not do.
  if (http.status === 405) throw new BadRequestError(405, errors?.[0]?.message ?? '', { allow: 'POST' });
  send(request, response, context, { data, errors: errors && withRequestId(errors, context.requestId) });
}

/** The short way: a registered screen was parsed, validated and compiled when the server started. */
export async function answerScreen(
  options: GraphQLRouteOptions,
  request: Request,
  response: Response,
  { document, name }: Screen,
  variables: GraphQLParams['variables'],
): Promise<void> {
  const context = openRequest(request, response, options);
  const result = await options.engine.execute({ document, operationName: name, variables }, context);
  send(request, response, context, { data: result.data, errors: result.errors?.map((error) => error.toJSON()) });
}

interface Answered {
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
}

function send(request: Request, response: Response, context: RequestContext, { data, errors }: Answered): void {
  const mediaType = negotiateMediaType(request) ?? 'application/json';
  const status = statusOf(data !== undefined, errors?.[0]?.extensions?.['code'], mediaType);
  sendGraphQL(response, status, mediaType, context.ledger, {
    ...(errors ? { errors } : {}),
    ...(data === undefined ? {} : { data }),
  });
}

/** Errors that Apollo found before execution do not have it yet. */
function withRequestId(errors: readonly GraphQLFormattedError[], requestId: string): GraphQLFormattedError[] {
  return errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
}
