import { Router } from 'express';
import { getOperationAST } from 'graphql';
import { CodedError, ErrorCode } from '../request/errors.ts';
import { answerScreen, checkCaller, type GraphQLRouteOptions } from './graphql-route.ts';
import { variablesOfQuery } from './screen-variables.ts';

/** GET /screens/NAME?variable=value: a registered screen for callers without a GraphQL library. */
export function screensRoute(options: GraphQLRouteOptions): Router {
  const router = Router();
  router.get('/screens/:name', checkCaller(options), async (request, response) => {
    const screen = options.registry.byName(String(request.params['name']));
    const operation = screen && getOperationAST(screen.document);
    if (!operation) throw new CodedError(ErrorCode.ScreenNotFound, 'There is no screen of that name.');
    const search = new URLSearchParams(request.originalUrl.replace(/^[^?]*\??/, ''));
    await answerScreen(options, request, response, screen, variablesOfQuery(search, operation));
  });
  return router;
}
