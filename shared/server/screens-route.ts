import { Router } from 'express';
import { getOperationAST } from 'graphql';
import { CodedError, ErrorCode } from '../request/errors.ts';
import { checkCaller } from './checks.ts';
import { answerScreen, type Doors } from './doors.ts';
import { variablesOfQuery } from './screen-variables.ts';

/** GET /screens/NAME?variable=value: a registered screen for callers without a GraphQL library. */
export function screensRoute(doors: Doors): Router {
  const router = Router();
  router.get('/screens/:name', doors.admit, checkCaller(doors), async (request, response) => {
    const screen = doors.registry.byName(String(request.params['name']));
    const operation = screen && getOperationAST(screen.document);
    if (!operation) throw new CodedError(ErrorCode.ScreenNotFound, 'There is no screen of that name.');
    const search = new URLSearchParams(request.originalUrl.replace(/^[^?]*\??/, ''));
    await answerScreen(doors, request, response, screen, variablesOfQuery(search, operation));
  });
  return router;
}
