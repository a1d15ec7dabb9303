import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import { memoryDatabase } from './database.ts';
import { FULL_SIZE, generate } from './generate.ts';
import type { Order, StoredProduct, StoredPromo, StoredUser } from './model.ts';
import { rowsOf } from './rows.ts';

const SIZE = { users: 60, products: 100, orders: 600, promos: 12 };
const TABLES = ['meta', 'users', 'products', 'promos', 'orders'];

const db = memoryDatabase(SIZE);
const rows = <Row>(table: string) => rowsOf<Row>(db, `SELECT body FROM ${table}`)();
const users = rows<StoredUser>('users');
const products = rows<StoredProduct>('products');
const promos = rows<StoredPromo>('promos');
const orders = rows<Order>('orders');

const dump = (of: DatabaseSync) => TABLES.map((table) => JSON.stringify(of.prepare(`SELECT * FROM ${table}`).all()));

test('the same size twice is the same, byte for byte', () => {
  expect(dump(memoryDatabase(SIZE))).toEqual(dump(db));
});

test('the size is as asked, and ids are unique', () => {
  expect({
    users: new Set(users.map((user) => user.id)).size,
    products: new Set(products.map((product) => product.id)).size,
    promos: new Set(promos.map((promo) => promo.id)).size,
    orders: new Set(orders.map((order) => order.id)).size,
  }).toEqual(SIZE);
});

test('the columns that are searched say what the rows say', () => {
  const columns = db.prepare('SELECT id, userId, partnerId, placedAt FROM orders').all();
  expect(columns.map((column) => ({ ...column }))).toEqual(
    orders.map(({ id, userId, partnerId = null, placedAt }) => ({ id, userId, partnerId, placedAt })),
  );
  expect(db.prepare('SELECT id, category FROM products').all().map(Object.values)).toEqual(
    products.map(({ id, category }) => [id, category]),
  );
});

test('progress goes from nothing to everything', () => {
  const calls: [number, number][] = [];
  using empty = new DatabaseSync(':memory:');
  generate(empty, { users: 1_500, products: 1, orders: 0, promos: 0 }, (...call) => calls.push(call));
  expect(calls).toEqual([
    [0, 1_501],
    [1_000, 1_501],
    [1_501, 1_501],
  ]);
});

describe('what the examples show', () => {
  test('u_42 is Ada', () => {
    expect(users.find((user) => user.id === 'u_42')).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' });
  });

  test('the newest order of all is o_7: shipped, 42 dollars', () => {
    const [newest, second] = orders.toSorted((a, b) => Date.parse(b.placedAt) - Date.parse(a.placedAt));
    expect(newest).toMatchObject({ id: 'o_7', userId: 'u_42', status: 'shipped', totalCents: 4200, currency: 'USD' });
    expect(Date.parse(newest?.placedAt ?? '')).toBeGreaterThan(Date.parse(second?.placedAt ?? ''));
  });

  test('she has several pages of orders', () => {
    expect(orders.filter((order) => order.userId === 'u_42').length).toBeGreaterThan(100);
  });
});

describe('orders', () => {
  const userById = new Map(users.map((user) => [user.id, user]));
  const productIds = new Set(products.map((product) => product.id));

  test('total what their items cost, in one currency', () => {
    for (const order of orders) {
      expect(order.items.reduce((sum, item) => sum + item.quantity * item.unitPriceCents, 0)).toBe(order.totalCents);
      expect(order.items.reduce((sum, item) => sum + item.quantity, 0)).toBe(order.itemCount);
      expect(new Set(order.items.map((item) => item.currency))).toEqual(new Set([order.currency]));
    }
  });

  test('have 1 to 20 items, of products that exist', () => {
    for (const { items } of orders) {
      expect(items.length).toBeGreaterThanOrEqual(1);
      expect(items.length).toBeLessThanOrEqual(20);
      expect(items.every((item) => productIds.has(item.productId))).toBe(true);
    }
  });

  test('are of users that exist, and go to them', () => {
    for (const { userId, shippingAddress } of orders) expect(shippingAddress).toEqual(userById.get(userId)?.address);
  });

  test('have a tracking number once they are shipped', () => {
    for (const { status, trackingNumber } of orders) {
      expect(trackingNumber !== undefined).toBe(status === 'shipped' || status === 'delivered');
    }
  });

  test('are in yen and Kuwaiti dinars too, and in whole minor units', () => {
    expect(new Set(orders.map((order) => order.currency))).toEqual(new Set(['USD', 'GBP', 'EUR', 'JPY', 'KWD']));
    expect(orders.every((order) => Number.isSafeInteger(order.totalCents) && order.totalCents > 0)).toBe(true);
  });
});

test('promos are at most 20, about products that exist or about the whole shop', () => {
  expect(FULL_SIZE.promos).toBeLessThanOrEqual(20);
  const about = promos.flatMap((promo) => promo.productId ?? []);
  expect(about).toHaveLength(8);
  expect(products.map((product) => product.id)).toEqual(expect.arrayContaining(about));
});
