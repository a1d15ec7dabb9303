import type { Handler } from './local-service.ts';
import { json } from './local-service.ts';

const ITEMS = 20;
const PROMOS = 20;
const PAGE = 20;

/**
 * Services that answer as much as their OpenAPI documents allow: as many orders and products as are asked for, 20 items
 * in each order, 20 promotions. `productOf` says which product an item or a promotion is about, by its number; `delayMs`
 * how long an answer takes.
 */
export function largestServices(productOf: (number: number) => string, delayMs: () => number = () => 0): Handler {
  return async ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://service');
    const ids = searchParams.get('ids')?.split(',');
    const page = Array.from({ length: Number(searchParams.get('limit') ?? PAGE) }, (_, index) => String(index));
    const rows = ROWS[pathname]?.(ids ?? page, productOf) ?? [];
    const wait = delayMs();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    json(response, rows);
  };
}

type Rows = (ids: readonly string[], productOf: (number: number) => string) => readonly object[];

const ROWS: Readonly<Record<string, Rows>> = {
  '/users': (ids) =>
    ids.map((id) => ({ id, firstName: 'Ada', lastName: 'Lovelace', createdAt: DATE, address: ADDRESS })),
  '/orders': (ids, productOf) =>
    ids.map((id, order) => ({
      id,
      status: 'paid',
      totalCents: 4_200,
      currency: 'USD',
      placedAt: DATE,
      itemCount: ITEMS,
      shippingAddress: ADDRESS,
      items: Array.from({ length: ITEMS }, (_, item) => ({
        productId: productOf(order * ITEMS + item),
        quantity: 1,
        unitPriceCents: 100,
        currency: 'USD',
      })),
    })),
  '/products': (ids) =>
    ids.map((id) => ({
      id,
      name: 'A thing',
      description: 'It is one.',
      priceCents: 100,
      currency: 'USD',
      imageUrl: 'https://example.com/thing.png',
      category: 'toys',
      stock: 1,
      createdAt: DATE,
    })),
  '/promos': (_ids, productOf) =>
    Array.from({ length: PROMOS }, (_, index) => ({
      id: `promo_${index}`,
      title: 'Less',
      body: 'for less',
      imageUrl: 'https://example.com/promo.png',
      productId: productOf(index * 7),
      endsAt: DATE,
    })),
};

const DATE = '2026-01-01T00:00:00Z';
const ADDRESS = { street: 'Main Street 1', city: 'London', postcode: '1', country: 'GB' };
