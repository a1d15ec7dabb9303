import type { DatabaseSync } from 'node:sqlite';
import { type Request, type Response, Router } from 'express';
import type { Order } from '../data/model.ts';
import { rowsOf } from '../data/rows.ts';
import { pickerOf } from '../http/fields.ts';
import { setNextLink } from '../http/next-link.ts';
import { notFound, Problem } from '../http/problem.ts';
import { idsOf, pageOf } from '../http/query.ts';

const PROPERTIES = [
  'id',
  'userId',
  'partnerId',
  'status',
  'totalCents',
  'currency',
  'placedAt',
  'trackingNumber',
  'itemCount',
  'shippingAddress',
  'items',
] as const;

/** GET /orders/{id}, GET /orders?ids=a,b and GET /orders?limit=&after=, each scoped to the caller. */
export function orderRoutes(db: DatabaseSync): Router {
  const router = Router();
  const callers = { userId: queriesOf(db, 'userId'), partnerId: queriesOf(db, 'partnerId') };

  router.use((_request, response, next) => {
    response.set('Cache-Control', 'private, no-store');
    next();
  });
  router.get('/orders/:id', (request, response) => {
    const { column, id } = callerOf(request);
    const pick = pickerOf<Order>(request, PROPERTIES);
    const [order] = callers[column].byIds(id, JSON.stringify([request.params.id]));
    if (!order) throw notFound();
    response.json(pick(order));
  });
  router.get('/orders', (request, response) => {
    const { column, id } = callerOf(request);
    const pick = pickerOf<Order>(request, PROPERTIES);
    const ids = idsOf(request);
    const orders = ids
      ? callers[column].byIds(id, JSON.stringify(ids))
      : pageOfOrders(callers[column], id, request, response);
    response.json(orders.map(pick));
  });
  return router;
}

function pageOfOrders(queries: Queries, caller: string, request: Request, response: Response): Order[] {
  const { limit, after } = pageOf(request);
  const [last] = after === undefined ? [] : queries.byIds(caller, JSON.stringify([after]));
  if (after !== undefined && !last) return [];
  const found = last ? queries.olderThan(caller, last.placedAt, last.id, limit + 1) : queries.newest(caller, limit + 1);
  const orders = found.slice(0, limit);
  const end = orders.at(-1);
  if (found.length > limit && end) setNextLink(request, response, end.id);
  return orders;
}

type Queries = ReturnType<typeof queriesOf>;

function queriesOf(db: DatabaseSync, column: 'userId' | 'partnerId') {
  const newestFirst = 'ORDER BY placedAt DESC, id DESC LIMIT ?';
  return {
    // The unary plus makes SQLite look up the ids instead of scanning all orders of the caller.
    byIds: rowsOf<Order>(db, `SELECT body FROM orders WHERE +${column} = ? AND id IN (SELECT value FROM json_each(?))`),
    newest: rowsOf<Order>(db, `SELECT body FROM orders WHERE ${column} = ? ${newestFirst}`),
    olderThan: rowsOf<Order>(
      db,
      `SELECT body FROM orders WHERE ${column} = ? AND (placedAt, id) < (?, ?) ${newestFirst}`,
    ),
  };
}

function callerOf(request: Request): { column: 'userId' | 'partnerId'; id: string } {
  const userId = request.get('X-User-Id');
  if (userId) return { column: 'userId', id: userId };
  const partnerId = request.get('X-Partner-Id');
  if (partnerId) return { column: 'partnerId', id: partnerId };
  throw new Problem(401, 'Unauthorized', 'X-User-Id or X-Partner-Id is required.');
}
