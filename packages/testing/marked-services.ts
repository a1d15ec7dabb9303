import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Arrived, json, type LocalService, startLocalService } from './local-service.ts';

const FIRST_MARK = 41_000_000;
const MARKS = /41\d{6}/g;
const SEPARATOR = /(?<=\d)[.,\s](?=\d)/g;
const BASE64 = /[\w-]{12,}/g;

/** A number that stands for one user: part of all that is theirs, be it a text, an amount or a moment. */
export const markOf = (user: number): number => FIRST_MARK + user;

/** Every mark in a text, once; also in amounts as any locale writes them, and in opaque ids. */
export function marksIn(text: string): number[] {
  const decoded = text.match(BASE64)?.map((token) => Buffer.from(token, 'base64url').toString('latin1')) ?? [];
  const marks = [text.replaceAll(SEPARATOR, ''), ...decoded].flatMap((one) => one.match(MARKS) ?? []);
  return [...new Set(marks)].map(Number);
}

export interface MarkedServices extends LocalService {
  /** What callers did that they must not do: every request under a wrong identity, or under one where none belongs. */
  readonly offences: string[];
}

/**
 * One server for users, orders and catalog. Rows of users and orders carry the mark of the identity they were asked for
 * with. Rows of the catalog are everybody's, but now and then its answers say that they are private, and carry the mark of
 * the request id. Answers take a different number of turns each time.
 */
export async function startMarkedServices(): Promise<MarkedServices> {
  const offences: string[] = [];
  let catalogAnswers = 0;
  const service = await startLocalService(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    const ids = searchParams.get('ids')?.split(',');
    const isPublic = pathname === '/products' || pathname === '/promos';
    const offence = isPublic ? offenceOfPublic(request.headers) : offenceOfPrivate(request.headers);
    if (offence !== undefined) offences.push(`${request.url}: ${offence}`);
    for (let turns = request.url.length % 20; turns > 0; turns -= 1) await new Promise((go) => setImmediate(go));
    if (!isPublic) {
      const [mark = 0] = marksIn(JSON.stringify(identitiesIn(request.headers)));
      const rows = pathname === '/users' ? (ids ?? []).map((id) => userOf(id, mark)) : ordersOf(mark, ids);
      json(response, rows, { 'cache-control': 'private, no-store' });
      return;
    }
    catalogAnswers += 1;
    const isPrivate = Math.floor(catalogAnswers / PHASE) % 2 === 1;
    const [owner] = isPrivate ? marksIn(String(request.headers['x-request-id'])) : [];
    const rows = pathname === '/promos' ? PROMO_IDS.map((id) => promoOf(id, owner)) : productsOf(ids, owner);
    answerFromCatalog(request, response, rows, owner);
  });
  return Object.assign(service, { offences });
}

/** So many answers of the catalog are everybody's, and as many after them private. */
const PHASE = 40;
const PROMO_IDS = ['promo_1', 'promo_2'];
const PRODUCT_IDS = ['p_1', 'p_2', 'p_3', 'p_4'];

function offenceOfPrivate(headers: IncomingHttpHeaders): string | undefined {
  const identities = identitiesIn(headers);
  const [whose] = marksIn(String(headers['x-request-id']));
  const isTheirs = identities.length === 1 && whose !== undefined && marksIn(String(identities)).includes(whose);
  return isTheirs ? undefined : `a request of ${whose} as ${identities}`;
}

/** Whom a public call was first made for may show in what correlates it, and nowhere else. */
function offenceOfPublic(headers: IncomingHttpHeaders): string | undefined {
  const identities = identitiesIn(headers);
  if (identities.length > 0) return `a public call as ${identities}`;
  const { 'x-request-id': _, traceparent: __, tracestate: ___, baggage: ____, ...others } = headers;
  const marks = marksIn(JSON.stringify(others));
  return marks.length > 0 ? `a public call with the mark of ${marks}` : undefined;
}

function identitiesIn(headers: IncomingHttpHeaders): string[] {
  return [headers['x-user-id'], headers['x-partner-id']].flatMap((id) => id ?? []);
}

/** What is everybody's may be kept for a moment, and is then still true. */
function answerFromCatalog(request: Arrived, response: ServerResponse, rows: readonly object[], owner = 0): void {
  const etag = `"${owner}"`;
  const caching =
    owner === 0 ? 'public, max-age=2, stale-while-revalidate=1, stale-if-error=600' : 'private, max-age=60';
  const headers = { 'cache-control': caching, etag };
  if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else json(response, rows, headers);
}

function userOf(id: string, mark: number) {
  return {
    id,
    firstName: `First${mark}`,
    lastName: `Last${mark}`,
    email: `${mark}@example.com`,
    phone: `+${mark}`,
    avatarUrl: `https://cdn.example.com/${mark}.png`,
    createdAt: momentOf(mark),
    address: addressOf(mark),
  };
}

/** Two orders, or those of the ids that are this user's. Each has a product that everybody buys, and one of their own. */
function ordersOf(mark: number, ids: readonly string[] = [`o_${mark}_2`, `o_${mark}_1`]) {
  const own = ids.filter((id) => id.startsWith(`o_${mark}_`));
  return own.map((id) => ({
    id,
    userId: `u_${mark}`,
    partnerId: `pa_${mark}`,
    status: 'paid',
    totalCents: mark * 100,
    currency: 'USD',
    placedAt: momentOf(mark),
    trackingNumber: `TRK${mark}`,
    itemCount: mark,
    shippingAddress: addressOf(mark),
    items: [PRODUCT_IDS[mark % PRODUCT_IDS.length], `p_${mark}`].map((productId) => ({
      productId,
      quantity: mark,
      unitPriceCents: mark * 100,
      currency: 'USD',
    })),
  }));
}

function productsOf(ids: readonly string[] = PRODUCT_IDS, owner = 0) {
  return ids.map((id) => ({
    id,
    name: `Product ${id} of ${owner}`,
    description: `Made for ${owner}`,
    priceCents: owner * 100,
    currency: 'USD',
    imageUrl: `https://cdn.example.com/${owner}/${id}.svg`,
    category: `category ${owner}`,
    stock: owner,
    createdAt: momentOf(owner),
  }));
}

function promoOf(id: string, owner = 0) {
  return {
    id,
    title: `Promotion for ${owner}`,
    body: `All about ${owner}`,
    imageUrl: `https://cdn.example.com/${owner}/${id}.svg`,
    productId: 'p_1',
    endsAt: momentOf(owner),
  };
}

const momentOf = (mark: number): string => `2026-01-01T00:00:00.${mark}Z`;

function addressOf(mark: number) {
  return { street: `Street ${mark}`, city: `City ${mark}`, postcode: `${mark}`, country: `Country ${mark}` };
}
