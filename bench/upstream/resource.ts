import { CALLER, orderRows, productRow, promoRows, type Row, type Size, userRow } from './rows.ts';

/** The response to a URL. */
export interface Resource {
  readonly status: number;
  readonly json: unknown;
  readonly cacheControl: string;
  readonly link?: string;
}

const PRIVATE = 'private, no-store';
const PUBLIC = 'public, max-age=60, stale-while-revalidate=30, stale-if-error=600';
const MAX_IDS = 100;
const MAX_LIMIT = 100;
const MAX_PRODUCTS = 1_000;

/** The part of the REST contract that the two screens need. */
export function resourceOf(url: string, hasCaller: boolean, size: Size): Resource {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const path = decodeURIComponent(pathname);
  const cut = cutterOf(searchParams.get('fields'));
  const ids = searchParams.get('ids')?.split(',');
  if (ids && ids.length > MAX_IDS) return problem(400, 'Bad Request');
  const [, kind, id] = path.split('/');
  if (kind === 'users') return users(id, ids, cut);
  if (kind === 'products') return products(id, ids, cut);
  if (path === '/promos') return found(promoRows().map(cut), PUBLIC);
  if (path === '/orders') return hasCaller ? orders(searchParams, cut, size) : problem(401, 'Unauthorized');
  return problem(404, 'Not Found');
}

type Cut = (row: Row) => object;

function users(id: string | undefined, ids: readonly string[] | undefined, cut: Cut): Resource {
  if (id !== undefined) return found(cut(userOf(id)), PRIVATE);
  return ids
    ? found(
        ids.map((each) => cut(userOf(each))),
        PRIVATE,
      )
    : problem(400, 'Bad Request');
}

function userOf(id: string): Row {
  return JSON.parse(JSON.stringify(userRow()).replaceAll(CALLER, id));
}

function products(id: string | undefined, ids: readonly string[] | undefined, cut: Cut): Resource {
  if (id !== undefined) return isProduct(id) ? found(cut(productRow(id)), PUBLIC) : problem(404, 'Not Found');
  if (!ids) return problem(400, 'Bad Request');
  const known = ids.filter(isProduct);
  return found(
    known.map((each) => cut(productRow(each))),
    PUBLIC,
  );
}

const isProduct = (id: string): boolean => /^p_\d{1,4}$/.test(id) && Number(id.slice(2)) < MAX_PRODUCTS;

function orders(query: URLSearchParams, cut: Cut, size: Size): Resource {
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT || query.has('after')) {
    return problem(400, 'Bad Request');
  }
  const all = orderRows(size);
  const resource = found(all.slice(0, limit).map(cut), PRIVATE);
  const last = all[limit - 1];
  if (all.length <= limit || !last) return resource;
  return { ...resource, link: `</orders?limit=${limit}&after=${last.id}>; rel="next"` };
}

/** Reduces a row to its key and the requested properties. */
function cutterOf(fields: string | null): Cut {
  if (fields === null) return (row) => row;
  const names = new Set(['id', ...fields.split(',')]);
  return (row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)));
}

const found = (json: unknown, cacheControl: string): Resource => ({ status: 200, json, cacheControl });

const problem = (status: number, title: string): Resource => ({
  status,
  json: { type: 'about:blank', title, status },
  cacheControl: 'no-store',
});
