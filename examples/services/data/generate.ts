import type { DatabaseSync } from 'node:sqlite';
import { faker } from '@faker-js/faker';
import { makeOrder } from './orders.ts';
import { makeProduct, makePromo } from './products.ts';
import { makeUser } from './users.ts';

/** Increase it when the generated rows or tables change, so that older files are regenerated. */
export const DATA_VERSION = 2;

export interface Size {
  readonly users: number;
  readonly products: number;
  readonly orders: number;
  readonly promos: number;
}

export const FULL_SIZE: Size = { users: 10_000, products: 2_000, orders: 200_000, promos: 12 };

const SEED = 20_261_101;

const TABLES = `
  CREATE TABLE meta (version INTEGER NOT NULL);
  CREATE TABLE users (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE products (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, category TEXT NOT NULL, body TEXT NOT NULL);
  CREATE TABLE promos (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE orders (
    id TEXT PRIMARY KEY, userId TEXT NOT NULL, partnerId TEXT, placedAt TEXT NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;`;

const INDEXES = `
  CREATE INDEX products_of_category ON products (category, n);
  CREATE INDEX orders_of_user ON orders (userId, placedAt, id);
  CREATE INDEX orders_of_partner ON orders (partnerId, placedAt, id) WHERE partnerId IS NOT NULL;`;

/** Fills an empty database. The rows are the same for the same size, on every machine. */
export function generate(db: DatabaseSync, size: Size, onProgress: (done: number, total: number) => void = () => {}) {
  faker.seed(SEED);
  const total = size.users + size.products + size.orders + size.promos;
  let done = 0;
  const fill = <Row>(
    count: number,
    insert: string,
    make: (n: number) => Row,
    columns: (row: Row) => (string | null)[],
  ) => {
    const statement = db.prepare(insert);
    return Array.from({ length: count }, (_, index) => {
      if (done % 1_000 === 0) onProgress(done, total);
      done += 1;
      const row = make(index + 1);
      statement.run(...columns(row), JSON.stringify(row));
      return row;
    });
  };

  db.exec(`BEGIN; ${TABLES}`);
  const users = fill(size.users, 'INSERT INTO users (id, body) VALUES (?, ?)', makeUser, (user) => [user.id]);
  const products = fill(
    size.products,
    'INSERT INTO products (id, category, body) VALUES (?, ?, ?)',
    makeProduct,
    (product) => [product.id, product.category],
  );
  fill(
    size.promos,
    'INSERT INTO promos (body) VALUES (?)',
    (n) => makePromo(n, size.products),
    () => [],
  );
  fill(
    size.orders,
    'INSERT INTO orders (id, userId, partnerId, placedAt, body) VALUES (?, ?, ?, ?, ?)',
    (n) => makeOrder(n, users, products),
    (order) => [order.id, order.userId, order.partnerId ?? null, order.placedAt],
  );
  db.exec(`${INDEXES} INSERT INTO meta (version) VALUES (${DATA_VERSION}); COMMIT;`);
  onProgress(total, total);
}
