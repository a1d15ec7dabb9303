import { Router } from 'express';
import { BadRequestError } from '../request/errors.ts';
import { checkCaller, checkJson, checkPreflight } from './checks.ts';
import { type GraphQLHandler, handleGraphQL } from './graphql-handler.ts';
import { paramsOfBody, paramsOfQuery } from './graphql-params.ts';
import { parseJson, readBody } from './read-json.ts';

/** GET and POST /graphql, by GraphQL over HTTP. */
export function graphqlRoute(doors: GraphQLHandler): Router {
  const router = Router();
  const { admit, checkLoad } = doors.shedding;
  const who = checkCaller(doors);
  // A slot is taken by whoever is known, when its body is there: neither strangers nor slow callers hold one.
  router.post('/graphql', who, checkJson, checkLoad, readBody(doors.bodies), admit, parseJson, (request, response) =>
    handleGraphQL(doors, request, response, paramsOfBody(request.body)),
  );
  router.get('/graphql', who, checkPreflight, admit, (request, response) =>
    handleGraphQL(doors, request, response, paramsOfQuery(request)),
  );
  router.all('/graphql', () => {
    throw new BadRequestError(405, 'Only GET and POST are served here.', { allow: 'GET, POST' });
  });
  return router;
}
