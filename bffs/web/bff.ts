import type { Bff } from '../../shared/server/bff.ts';
import { resolvers } from './resolvers.ts';

export const bff: Bff = {
  client: 'web',
  port: 4002,
  identityHeader: 'X-User-Id',
  exampleId: 'u_42',
  examples: {
    Dashboard: { first: 50 },
    MoreOrders: { first: 20, after: 'o_7' },
    OrderPage: { id: 'o_7' },
    ProductPage: { id: 'p_7' },
  },
  resolvers,
};
