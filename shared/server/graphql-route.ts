import { Router } from 'express';
import { BadRequestError } from '../request/errors.ts';
import { checkCaller, checkJson, checkPreflight } from './checks.ts';
import { answer, type Doors } from './doors.ts';
import { paramsOfBody, paramsOfQuery } from './graphql-params.ts';
import { readJson } from './read-json.ts';

/** GET and POST /graphql, by GraphQL over HTTP. */
export function graphqlRoute(doors: Doors): Router {
  const router = Router();
  router.post('/graphql', doors.admit, checkCaller(doors), checkJson, readJson(), (request, response) =>
    answer(doors, request, response, paramsOfBody(request.body)),
  );
  router.get('/graphql', doors.admit, checkCaller(doors), checkPreflight, (request, response) =>
    answer(doors, request, response, paramsOfQuery(request)),
  );
  router.all('/graphql', () => {
    throw new BadRequestError(405, 'Only GET and POST are served here.', { allow: 'GET, POST' });
  });
  return router;
}
