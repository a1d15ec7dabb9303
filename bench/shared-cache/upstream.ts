/**
 * The services for the shared-cache benchmark. Users with a number below 1,000 share 20 products; each other user has 20 different
 * products. Listens on PORT. GET /asked returns the number of product calls.
 */
import { createServer } from 'node:http';
import { CALLER, orderRows, productRow, promoRows, userRow } from '../upstream/rows.ts';

const PRODUCTS = 20;
const OWN_FROM = 1_000;
const PUBLIC = { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' };
const PRIVATE = { 'content-type': 'application/json', 'cache-control': 'private, no-store' };

const orders = JSON.stringify(orderRows({ orders: 50, products: PRODUCTS }));
const user = JSON.stringify([userRow()]);
const promos = JSON.stringify(promoRows());
let asked = 0;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const caller = String(request.headers['x-user-id']);
  if (pathname === '/products') {
    asked += 1;
    const ids = searchParams.get('ids')?.split(',') ?? [];
    response.writeHead(200, PUBLIC).end(JSON.stringify(ids.map(productRow)));
  } else if (pathname === '/promos') response.writeHead(200, PUBLIC).end(promos);
  else if (pathname === '/users') response.writeHead(200, PRIVATE).end(user.replaceAll(CALLER, caller));
  else if (pathname === '/orders') response.writeHead(200, PRIVATE).end(ordersOf(caller));
  else response.writeHead(200, PRIVATE).end(JSON.stringify(asked));
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.env['PORT']), '127.0.0.1');

function ordersOf(caller: string): string {
  const number = Number(caller.slice(2));
  const first = number < OWN_FROM ? 0 : number * PRODUCTS;
  return orders
    .replaceAll(CALLER, caller)
    .replaceAll(/"p_(\d+)"/g, (_whole, product: string) => `"p_${first + Number(product)}"`);
}
