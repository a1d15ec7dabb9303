import type { Bff } from '../../shared/server/bff.ts';
import { resolvers } from './resolvers.ts';

export const bff: Bff = {
  client: 'mobile',
  port: 4001,
  identityHeader: 'X-User-Id',
  exampleId: 'u_42',
  resolvers,
};
