import type { DatabaseSync } from 'node:sqlite';
import { Router } from 'express';
import type { User } from '../data/model.ts';
import { rowsOf } from '../data/rows.ts';
import { pickerOf } from '../http/fields.ts';
import { notFound } from '../http/problem.ts';
import { badParameter, idsOf } from '../http/query.ts';

const PROPERTIES = ['id', 'firstName', 'lastName', 'email', 'phone', 'avatarUrl', 'createdAt', 'address'] as const;

/** GET /users/{id} and GET /users?ids=a,b. */
export function userRoutes(db: DatabaseSync): Router {
  const router = Router();
  const byIds = rowsOf<User>(db, 'SELECT body FROM users WHERE id IN (SELECT value FROM json_each(?))');

  router.use((_request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    next();
  });
  router.get('/users/:id', (request, response) => {
    const pick = pickerOf<User>(request, PROPERTIES);
    const [user] = byIds(JSON.stringify([request.params.id]));
    if (!user) throw notFound();
    response.json(pick(user));
  });
  router.get('/users', (request, response) => {
    const ids = idsOf(request);
    if (!ids) throw badParameter('ids', 'given');
    response.json(byIds(JSON.stringify(ids)).map(pickerOf<User>(request, PROPERTIES)));
  });
  return router;
}
