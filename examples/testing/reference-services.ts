import { type ServiceGroup, startServiceGroup } from '@facet/testing/internal/service-group.ts';
import { catalogRoutes } from '../services/catalog/routes.ts';
import { memoryDatabase } from '../services/data/database.ts';
import type { Size } from '../services/data/generate.ts';
import { createApp } from '../services/http/serve.ts';
import { orderRoutes } from '../services/orders/routes.ts';
import { userRoutes } from '../services/users/routes.ts';

/** The services of the reference shop. */
export const REFERENCE_SERVICES = ['users', 'orders', 'catalog'] as const;
export type ReferenceService = (typeof REFERENCE_SERVICES)[number];
export type ReferenceServices = ServiceGroup<ReferenceService>;

/** Enough that u_42 has several pages of orders over more than 100 products, and quick to make. */
const SIZE: Size = { users: 50, products: 200, orders: 400, promos: 5 };

/** The three services on free ports, over a small data set in memory. */
export async function startReferenceServices(): Promise<ReferenceServices> {
  const db = memoryDatabase(SIZE);
  const group = await startServiceGroup<ReferenceService>({
    users: (url) => createApp(userRoutes(db, url)),
    orders: () => createApp(orderRoutes(db)),
    catalog: (url) => createApp(catalogRoutes(db, url)),
  });
  const stop = group[Symbol.asyncDispose];
  return Object.assign(group, {
    async [Symbol.asyncDispose]() {
      await stop();
      db.close();
    },
  });
}

/** For `facet check --measured`. */
export { startReferenceServices as startServices };
