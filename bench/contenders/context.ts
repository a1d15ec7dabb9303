import type { IncomingHttpHeaders } from 'node:http';
import DataLoader from 'dataloader';
import type { Product, User } from './model.ts';
import { type Caller, callerOf, get } from './services.ts';

/** The context of one GraphQL request: the caller and the per-request loaders. */
export interface Context {
  readonly caller: Caller;
  readonly user: DataLoader<string, User>;
  readonly products: DataLoader<string, Product | undefined>;
}

export function contextOf(headers: IncomingHttpHeaders): Context {
  const caller = callerOf(headers);
  return {
    caller,
    user: new DataLoader((ids) => Promise.all(ids.map((id) => get<User>('users', `/users/${id}`, caller)))),
    products: new DataLoader(async (ids) => {
      const rows = await get<Product[]>('catalog', `/products?ids=${ids.join(',')}`, caller);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id));
    }),
  };
}
