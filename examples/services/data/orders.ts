import { faker } from '@faker-js/faker';
import type { Order, OrderItem, StoredProduct, StoredUser } from './model.ts';

const DAY_MS = 86_400_000;
const NEWEST_MS = Date.parse('2026-10-31T00:00:00Z');
const OLDEST_MS = NEWEST_MS - 730 * DAY_MS;

/** Number of orders of u_42, enough for several pages of any screen. */
const ORDERS_OF_ADA = 150;
const PARTNERS = 20;

/** Currencies by country, with fixed approximate exchange rates to minor units. */
const CURRENCIES: Record<string, { readonly code: string; readonly perUsdCent: number }> = {
  US: { code: 'USD', perUsdCent: 1 },
  GB: { code: 'GBP', perUsdCent: 0.8 },
  DE: { code: 'EUR', perUsdCent: 0.9 },
  FR: { code: 'EUR', perUsdCent: 0.9 },
  NL: { code: 'EUR', perUsdCent: 0.9 },
  JP: { code: 'JPY', perUsdCent: 1.5 },
  KW: { code: 'KWD', perUsdCent: 3.1 },
};
const DOLLAR = { code: 'USD', perUsdCent: 1 };

export function makeOrder(n: number, users: readonly StoredUser[], products: readonly StoredProduct[]): Order {
  const owner = (n <= ORDERS_OF_ADA && users[41]) || pick(users);
  const order = n === 7 ? adasNewest(owner, products) : randomOrder(n, owner, products);
  const partner = n === 7 ? 1 : faker.number.int({ min: 1, max: PARTNERS * 10 });
  return partner <= PARTNERS ? { ...order, partnerId: `pa_${partner}` } : order;
}

/** The order in examples and tests: the newest one, shipped, 42 dollars. */
function adasNewest(owner: StoredUser, products: readonly StoredProduct[]): Order {
  const productId = products[6]?.id ?? 'p_1';
  return {
    id: 'o_7',
    userId: owner.id,
    status: 'shipped',
    totalCents: 4200,
    currency: 'USD',
    placedAt: new Date(NEWEST_MS + DAY_MS / 2).toISOString(),
    trackingNumber: 'TRK0000000007',
    itemCount: 2,
    shippingAddress: owner.address,
    items: [{ productId, quantity: 2, unitPriceCents: 2100, currency: 'USD' }],
  };
}

function randomOrder(n: number, owner: StoredUser, products: readonly StoredProduct[]): Order {
  const placedMs = faker.number.int({ min: OLDEST_MS, max: NEWEST_MS });
  const currency = CURRENCIES[owner.address.country] ?? DOLLAR;
  const items = Array.from({ length: faker.number.int({ min: 1, max: 4 }) }, (): OrderItem => {
    const product = pick(products);
    return {
      productId: product.id,
      quantity: faker.number.int({ min: 1, max: 3 }),
      unitPriceCents: Math.round(product.priceCents * currency.perUsdCent),
      currency: currency.code,
    };
  });
  const status = statusAt(placedMs);
  return {
    id: `o_${n}`,
    userId: owner.id,
    status,
    totalCents: items.reduce((sum, item) => sum + item.quantity * item.unitPriceCents, 0),
    currency: currency.code,
    placedAt: new Date(placedMs).toISOString(),
    ...(status === 'shipped' || status === 'delivered' ? { trackingNumber: `TRK${String(n).padStart(10, '0')}` } : {}),
    itemCount: items.reduce((sum, item) => sum + item.quantity, 0),
    shippingAddress: owner.address,
    items,
  };
}

/** Recent orders are not delivered yet; a few orders are cancelled. */
function statusAt(placedMs: number): Order['status'] {
  if (faker.number.int({ min: 1, max: 25 }) === 1) return 'cancelled';
  const days = (NEWEST_MS - placedMs) / DAY_MS;
  if (days > 10) return 'delivered';
  if (days > 3) return 'shipped';
  return days > 1 ? 'paid' : 'pending';
}

function pick<Row>(rows: readonly Row[]): Row {
  const row = rows[faker.number.int({ min: 0, max: rows.length - 1 })];
  if (row === undefined) throw new Error('The data set needs at least one user and one product.');
  return row;
}
