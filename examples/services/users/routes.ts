import type { DatabaseSync } from 'node:sqlite';
import { Router } from 'express';
import type { StoredUser } from '../data/model.ts';
import { rowsOf } from '../data/rows.ts';
import { pickerOf } from '../http/fields.ts';
import { notFound } from '../http/problem.ts';
import { badParameter, idsOf } from '../http/query.ts';
import { avatar } from './avatar.ts';

type User = StoredUser & { avatarUrl: string };

const PROPERTIES = ['id', 'firstName', 'lastName', 'email', 'phone', 'avatarUrl', 'createdAt', 'address'] as const;
const CACHEABLE = 'public, max-age=60, stale-while-revalidate=30, stale-if-error=600';

/** GET /users/{id}, GET /users?ids=a,b and the pictures. `publicUrl` is the base URL for browsers. */
export function userRoutes(db: DatabaseSync, publicUrl: string): Router {
  const router = Router();
  const byIds = rowsOf<StoredUser>(db, 'SELECT body FROM users WHERE id IN (SELECT value FROM json_each(?))');
  const withAvatar = (user: StoredUser): User => ({ ...user, avatarUrl: `${publicUrl}/avatars/${user.id}.svg` });

  router.get('/avatars/:name', (request, response) => {
    const id = /^(u_\d+)\.svg$/.exec(request.params.name)?.[1];
    const [user] = byIds(JSON.stringify(id ? [id] : []));
    if (!user) throw notFound();
    response.set('Cache-Control', CACHEABLE).type('image/svg+xml').send(avatar(user));
  });
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    next();
  });
  router.get('/users/:id', (request, response) => {
    const pick = pickerOf<User>(request, PROPERTIES);
    const [user] = byIds(JSON.stringify([request.params.id]));
    if (!user) throw notFound();
    response.json(pick(withAvatar(user)));
  });
  router.get('/users', (request, response) => {
    const ids = idsOf(request);
    if (!ids) throw badParameter('ids', 'given');
    const pick = pickerOf<User>(request, PROPERTIES);
    response.json(byIds(JSON.stringify(ids)).map((user) => pick(withAvatar(user))));
  });
  return router;
}
