import type { Bff } from '../../shared/server/bff.ts';
import { resolvers } from './resolvers.ts';

export const bff: Bff = {
  client: 'partner',
  port: 4003,
  identityHeader: 'X-Partner-Id',
  exampleId: 'pa_1',
  examples: { ProductFeed: { first: 20, category: 'toys' }, OrderStatus: { id: 'o_7' } },
  resolvers,
  publicSchema: true,
};
