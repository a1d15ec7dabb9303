import { Router } from 'express';
import { getOperationAST } from 'graphql';
import { didYouMean } from '../command/nearest.ts';
import { BadRequestError, CodedError, ErrorCode } from '../request/errors.ts';
import { checkCaller } from './checks.ts';
import { type GraphQLHandler, handleScreen } from './graphql-handler.ts';
import { queryOf } from './graphql-params.ts';
import { variablesOfQuery } from './screen-variables.ts';

/** GET and HEAD /screens/NAME?variable=value: a registered screen for callers without a GraphQL library. */
export function screensRoute(doors: GraphQLHandler): Router {
  const { registry, suggestions, schema } = doors;
  const router = Router();
  router.get('/screens/:name', checkCaller(doors), doors.shedding.admit, async (request, response) => {
    const name = String(request.params['name']);
    const screen = registry.byName(name);
    const operation = screen && getOperationAST(screen.document);
    if (!operation) {
      const nearest = suggestions ? didYouMean(name, registry.names) : '';
      throw new CodedError(ErrorCode.ScreenNotFound, `There is no screen of that name.${nearest}`);
    }
    const variables = variablesOfQuery(queryOf(request), operation, schema);
    await handleScreen(doors, request, response, screen, variables);
  });
  router.all('/screens/:name', () => {
    throw new BadRequestError(405, 'Only GET and HEAD are served here.', { allow: 'GET, HEAD' });
  });
  return router;
}
