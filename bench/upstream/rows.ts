/** Placeholder for the caller's user id in every row. */
export const CALLER = '{caller}';

export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Size of the data: orders per user, and distinct products in them. */
export interface Size {
  readonly orders: number;
  readonly products: number;
}

const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'];
const CURRENCIES = ['USD', 'USD', 'USD', 'EUR', 'JPY'];
const PROMOS = 5;
const DAY_MS = 86_400_000;
const NEWEST = Date.UTC(2026, 0, 1, 9, 30);

/** The user that GET /users/{id} returns for any id. */
export function userRow(): Row {
  return {
    id: CALLER,
    firstName: 'Ada',
    lastName: `Lovelace ${CALLER}`,
    email: `ada.${CALLER}@example.com`,
    phone: '+1 555 010 0199',
    avatarUrl: `https://images.example.com/avatars/${CALLER}.png`,
    createdAt: '2021-03-04T05:06:07.000Z',
    address: address(),
  };
}

/** The caller's orders, newest first, one item each. */
export function orderRows({ orders, products }: Size): Row[] {
  return numbers(orders).map((n) => {
    const quantity = 1 + (n % 4);
    const unitPriceCents = 499 + n * 137;
    const currency = CURRENCIES[n % CURRENCIES.length];
    return {
      id: `o_${CALLER}_${n}`,
      userId: CALLER,
      status: STATUSES[n % STATUSES.length],
      totalCents: quantity * unitPriceCents,
      currency,
      placedAt: new Date(NEWEST - n * DAY_MS).toISOString(),
      trackingNumber: `TRK${String(n).padStart(10, '0')}`,
      itemCount: 1,
      shippingAddress: address(),
      items: [{ productId: `p_${n % products}`, quantity, unitPriceCents, currency }],
    };
  });
}

/** A product by its id. It does not depend on the size of the data. */
export function productRow(id: string): Row {
  const n = Number(id.slice(2));
  return {
    id,
    name: `Handmade Granite Lamp ${n}`,
    description:
      'A lamp of granite and oak, made by hand in small numbers. It takes bulbs of up to 40 watts, comes with two metres of cable, and has a dimmer at its foot.',
    priceCents: 499 + n * 137,
    currency: 'USD',
    imageUrl: `https://images.example.com/products/${id}.svg`,
    category: 'home',
    stock: n,
    createdAt: '2024-05-06T07:08:09.000Z',
  };
}

export function promoRows(): Row[] {
  return numbers(PROMOS).map((n) => ({
    id: `promo_${n}`,
    title: `Week ${n} of lamps`,
    body: 'Every second lamp at half its price, while there are any. Not together with other offers.',
    imageUrl: `https://images.example.com/promos/promo_${n}.svg`,
    productId: `p_${n}`,
    endsAt: new Date(NEWEST + (n + 1) * DAY_MS).toISOString(),
  }));
}

const address = () => ({ street: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' });

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
