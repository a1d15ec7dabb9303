import type { Bff } from '../../shared/server/bff.ts';
import { resolvers } from './resolvers.ts';

export const bff: Bff = {
  client: 'mobile',
  port: 4001,
  identityHeader: 'X-User-Id',
  exampleId: 'u_42',
  examples: { Home: { first: 3 }, OrderDetail: { id: 'o_7' } },
  resolvers,
};
