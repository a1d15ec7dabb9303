/** A classic REST BFF: Express, fetch, Promise.all, and one catalog call per order. */
import express from 'express';
import type { Order, OrderItem, Product, Promo, User } from './model.ts';
import { toAmount, toMoney } from './money.ts';
import { type Caller, callerOf } from './services.ts';

const TIMEOUT_MS = 2_000;
const { USERS_URL, ORDERS_URL, CATALOG_URL } = process.env;

const app = express();

app.get('/home', async (request, response) => {
  const caller = callerOf(request.headers);
  const [user, orders, promos] = await Promise.all([
    getJson<User>(`${USERS_URL}/users/${caller['x-user-id']}`, caller),
    getJson<Order[]>(`${ORDERS_URL}/orders?limit=3`, caller),
    getJson<Promo[]>(`${CATALOG_URL}/promos`, caller),
  ]);
  response.json({
    greeting: `Hi ${user.firstName}`,
    avatar: user.avatarUrl,
    recentOrders: orders.map(({ id, status, totalCents, currency, itemCount, placedAt }) => ({
      id,
      status,
      total: toAmount(totalCents, currency),
      currency,
      itemCount,
      placedAt,
    })),
    promos: promos.map(({ id, title, imageUrl, endsAt }) => ({ id, title, imageUrl, endsAt })),
  });
});

app.get('/dashboard', async (request, response) => {
  const caller = callerOf(request.headers);
  const first = Number(request.query['first'] ?? 50);
  const [user, orders, promos] = await Promise.all([
    getJson<User>(`${USERS_URL}/users/${caller['x-user-id']}`, caller),
    getJson<Order[]>(`${ORDERS_URL}/orders?limit=${first}`, caller),
    getJson<Promo[]>(`${CATALOG_URL}/promos`, caller),
  ]);
  response.json({
    profile: {
      id: user.id,
      name: `${user.firstName} ${user.lastName}`,
      email: user.email,
      avatarUrl: user.avatarUrl,
      memberSince: user.createdAt,
    },
    orders: await Promise.all(orders.map((order) => withProducts(order, caller))),
    promos: promos.map(({ id, title, body, imageUrl, endsAt }) => ({ id, title, body, imageUrl, endsAt })),
  });
});

app.listen(Number(process.env['PORT']), '127.0.0.1');

async function withProducts(order: Order, caller: Caller) {
  return {
    id: order.id,
    status: order.status,
    total: toMoney(order.totalCents, order.currency),
    placedAt: order.placedAt,
    items: await Promise.all(order.items.map((item) => withProduct(item, caller))),
  };
}

async function withProduct({ productId, quantity, unitPriceCents, currency }: OrderItem, caller: Caller) {
  const { id, name, imageUrl } = await getJson<Product>(`${CATALOG_URL}/products/${productId}`, caller);
  return { quantity, unitPrice: toMoney(unitPriceCents, currency), product: { id, name, imageUrl } };
}

async function getJson<Body>(url: string, caller: Caller): Promise<Body> {
  const response = await fetch(url, { headers: { ...caller }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return (await response.json()) as Body;
}
