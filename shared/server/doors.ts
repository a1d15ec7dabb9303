import type { Request, RequestHandler, Response } from 'express';
import type { GraphQLFormattedError } from 'graphql';
import type { Engine } from '../graphql/execute.ts';
import type { Screen } from '../graphql/screens.ts';
import type { RequestContext } from '../request/context.ts';
import { BadRequestError } from '../request/errors.ts';
import type { IdentityHeader } from '../request/identity.ts';
import type { AnswerAdHoc } from './apollo.ts';
import { cookiesToPassOn } from './cookies.ts';
import type { GraphQLParams } from './graphql-params.ts';
import { negotiateMediaType } from './media-type.ts';
import { openRequest } from './open-request.ts';
import type { Registry } from './registry.ts';
import { sendGraphQL } from './send.ts';
import { statusOf } from './status.ts';

/** What stands behind the routes of a server: one engine, and Apollo Server for all that is not registered. */
export interface Doors {
  readonly engine: Engine;
  /** Loaded and started for the first operation that is not registered: it takes a tenth of a second. */
  readonly adHoc: () => Promise<AnswerAdHoc>;
  readonly registry: Registry;
  /** Lets a request in, or refuses it where there is too much to do. */
  readonly admit: RequestHandler;
  readonly identityHeader: IdentityHeader;
  readonly requestDeadlineMs: number;
  /** Names of the services' cookies that go on to the client. */
  readonly passedOnCookies: readonly string[];
}

/** Answers a GraphQL request: by the engine where it asks for a registered screen, else by way of Apollo Server. */
export async function answer(doors: Doors, request: Request, response: Response, params: GraphQLParams) {
  if (params.query === undefined && params.extensions['persistedQuery'] === undefined) {
    throw new BadRequestError(400, 'The parameter "query" is missing.');
  }
  const screen = doors.registry.of(params);
  if (screen) {
    await answerScreen(doors, request, response, screen, params.variables);
    return;
  }
  const context = openRequest(request, response, doors);
  const answerAdHoc = await doors.adHoc();
  const { data, errors, extensions } = await answerAdHoc(params, request.method, context);
  send(doors, request, response, context, {
    data,
    errors: errors && withRequestId(errors, context.requestId),
    extensions,
  });
}

/** The short way: a registered screen was parsed, validated and compiled when the server started. */
export async function answerScreen(
  doors: Doors,
  request: Request,
  response: Response,
  { document, name }: Screen,
  variables: GraphQLParams['variables'],
): Promise<void> {
  const context = openRequest(request, response, doors);
  const result = await doors.engine.execute({ document, operationName: name, variables }, context);
  send(doors, request, response, context, {
    data: result.data,
    errors: result.errors?.map((error) => error.toJSON()),
    extensions: result.extensions,
  });
}

interface Answered {
  readonly data: unknown;
  readonly errors: readonly GraphQLFormattedError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

function send(
  { passedOnCookies }: Doors,
  request: Request,
  response: Response,
  context: RequestContext,
  { data, errors, extensions }: Answered,
): void {
  const mediaType = negotiateMediaType(request) ?? 'application/json';
  const status = statusOf(data !== undefined, errors?.[0]?.extensions?.['code'], mediaType);
  const cookies = cookiesToPassOn(context.ledger.cookies, passedOnCookies);
  if (cookies.length > 0) response.setHeader('Set-Cookie', cookies);
  sendGraphQL(response, status, mediaType, context, {
    ...(errors ? { errors } : {}),
    ...(data === undefined ? {} : { data }),
    ...(extensions === undefined ? {} : { extensions }),
  });
}

/** Errors that Apollo found before execution do not have it yet. */
function withRequestId(errors: readonly GraphQLFormattedError[], requestId: string): GraphQLFormattedError[] {
  return errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
}
