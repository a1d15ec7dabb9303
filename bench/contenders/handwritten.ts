/** A carefully hand-written server: node:http, undici, one batch call, and only the required properties. */
import { createServer } from 'node:http';
import type { Order, Product, Promo, User } from './model.ts';
import { toAmount, toMoney } from './money.ts';
import { type Caller, callerOf, get } from './services.ts';

createServer(async (request, response) => {
  const [path, query] = (request.url ?? '').split('?');
  try {
    const caller = callerOf(request.headers);
    let answer: object;
    if (path === '/home') answer = await home(caller);
    else if (path === '/dashboard') answer = await dashboard(caller, new URLSearchParams(query).get('first') ?? '50');
    else {
      response.writeHead(404).end();
      return;
    }
    const body = Buffer.from(JSON.stringify(answer));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  } catch {
    response.writeHead(502).end();
  }
}).listen(Number(process.env['PORT']), '127.0.0.1');

async function home(caller: Caller) {
  const [user, orders, promos] = await Promise.all([
    get<User>('users', `/users/${caller['x-user-id']}?fields=firstName,avatarUrl`, caller),
    get<Order[]>('orders', '/orders?limit=3&fields=status,totalCents,currency,itemCount,placedAt', caller),
    get<Promo[]>('catalog', '/promos?fields=title,imageUrl,endsAt', caller),
  ]);
  return {
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
  };
}

async function dashboard(caller: Caller, first: string) {
  const [user, { orders, products }, promos] = await Promise.all([
    get<User>('users', `/users/${caller['x-user-id']}?fields=firstName,lastName,email,avatarUrl,createdAt`, caller),
    ordersWithProducts(caller, first),
    get<Promo[]>('catalog', '/promos?fields=title,body,imageUrl,endsAt', caller),
  ]);
  return {
    profile: {
      id: user.id,
      name: `${user.firstName} ${user.lastName}`,
      email: user.email,
      avatarUrl: user.avatarUrl,
      memberSince: user.createdAt,
    },
    orders: orders.map((order) => ({
      id: order.id,
      status: order.status,
      total: toMoney(order.totalCents, order.currency),
      placedAt: order.placedAt,
      items: order.items.map(({ quantity, unitPriceCents, currency, productId }) => ({
        quantity,
        unitPrice: toMoney(unitPriceCents, currency),
        product: products.get(productId) ?? null,
      })),
    })),
    promos: promos.map(({ id, title, body, imageUrl, endsAt }) => ({ id, title, body, imageUrl, endsAt })),
  };
}

async function ordersWithProducts(caller: Caller, first: string) {
  const fields = 'status,totalCents,currency,placedAt,items';
  const orders = await get<Order[]>('orders', `/orders?limit=${Number(first)}&fields=${fields}`, caller);
  const ids = new Set(orders.flatMap(({ items }) => items.map(({ productId }) => productId)));
  const rows = await get<Product[]>('catalog', `/products?ids=${[...ids].join(',')}&fields=name,imageUrl`, caller);
  const products = new Map(rows.map(({ id, name, imageUrl }) => [id, { id, name, imageUrl }]));
  return { orders, products };
}
