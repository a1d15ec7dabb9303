import { defineServices } from '@facet/server';
import { document as catalog } from './catalog/rest.generated.ts';
import { document as orders } from './orders/rest.generated.ts';
import { document as users } from './users/rest.generated.ts';

/** The services behind the clients. Settings such as USERS_URL override the URLs. */
export const { services, batchOf, listOf } = defineServices({
  users: { url: 'http://localhost:3001', document: users },
  orders: { url: 'http://localhost:3002', document: orders },
  catalog: { url: 'http://localhost:3003', document: catalog },
});
