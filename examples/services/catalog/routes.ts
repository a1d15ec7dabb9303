import type { DatabaseSync } from 'node:sqlite';
import { type Request, type Response, Router } from 'express';
import type { StoredProduct, StoredPromo } from '../data/model.ts';
import { rowsOf } from '../data/rows.ts';
import { pickerOf } from '../http/fields.ts';
import { setNextLink } from '../http/next-link.ts';
import { notFound } from '../http/problem.ts';
import { idsOf, pageOf, parameter } from '../http/query.ts';
import { picture } from './picture.ts';

type Product = StoredProduct & { imageUrl: string };
type Promo = StoredPromo & { imageUrl: string };

const PRODUCT = [
  'id',
  'name',
  'description',
  'priceCents',
  'currency',
  'imageUrl',
  'category',
  'stock',
  'createdAt',
] as const;
const PROMO = ['id', 'title', 'body', 'imageUrl', 'productId', 'endsAt'] as const;
const CACHEABLE = 'public, max-age=60, stale-while-revalidate=30, stale-if-error=600';

/**
 * GET /products/{id}, GET /products?ids=a,b, GET /products?category=&limit=&after=, GET /promos and the pictures.
 * `publicUrl` is the base URL for browsers.
 */
export function catalogRoutes(db: DatabaseSync, publicUrl: string): Router {
  const router = Router();
  const queries = queriesOf(db);
  const withPicture = <Row extends { id: string }>(row: Row) => ({
    ...row,
    imageUrl: `${publicUrl}/images/${row.id}.svg`,
  });

  router.get('/products/:id', (request, response) => {
    const pick = pickerOf<Product>(request, PRODUCT);
    const [product] = queries.byIds(JSON.stringify([request.params.id]));
    if (!product) throw notFound();
    cacheable(response).json(pick(withPicture(product)));
  });
  router.get('/products', (request, response) => {
    const pick = pickerOf<Product>(request, PRODUCT);
    const ids = idsOf(request);
    const products = ids ? queries.byIds(JSON.stringify(ids)) : pageOfProducts(queries, request, response);
    cacheable(response).json(products.map((product) => pick(withPicture(product))));
  });
  router.get('/promos', (request, response) => {
    const pick = pickerOf<Promo>(request, PROMO);
    cacheable(response).json(queries.promos().map((promo) => pick(withPicture(promo))));
  });
  router.get('/images/:name', (request, response) => {
    const id = /^((?:p|promo)_\d+)\.svg$/.exec(request.params.name)?.[1];
    if (!id) throw notFound();
    cacheable(response).type('image/svg+xml').send(picture(id));
  });
  return router;
}

const cacheable = (response: Response): Response => response.set('Cache-Control', CACHEABLE);

function pageOfProducts(queries: Queries, request: Request, response: Response): StoredProduct[] {
  const { limit, after } = pageOf(request);
  const category = parameter(request, 'category') ?? null;
  const start = after === undefined ? 0 : queries.position(after);
  if (start === undefined) return [];
  const found = queries.page(start, category, limit + 1);
  const products = found.slice(0, limit);
  const end = products.at(-1);
  if (found.length > limit && end) setNextLink(request, response, end.id);
  return products;
}

type Queries = ReturnType<typeof queriesOf>;

function queriesOf(db: DatabaseSync) {
  const position = db.prepare('SELECT n FROM products WHERE id = ?');
  return {
    byIds: rowsOf<StoredProduct>(db, 'SELECT body FROM products WHERE id IN (SELECT value FROM json_each(?))'),
    page: rowsOf<StoredProduct>(
      db,
      'SELECT body FROM products WHERE n > ?1 AND (?2 IS NULL OR category = ?2) ORDER BY n LIMIT ?3',
    ),
    promos: rowsOf<StoredPromo>(db, 'SELECT body FROM promos ORDER BY n LIMIT 20'),
    /** Position of a product in the order of all pages; undefined for an unknown product. */
    position: (id: string): number | undefined => {
      const n = position.get(id)?.['n'];
      return typeof n === 'number' ? n : undefined;
    },
  };
}
