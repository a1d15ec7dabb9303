import { defineBff } from '@facet/server';
import { services } from '../../shared/services.ts';
import { resolvers } from './resolvers.ts';

export const bff = defineBff({
  client: 'web',
  directory: new URL('./', import.meta.url),
  port: 4002,
  identity: {
    header: 'X-User-Id',
    exampleId: 'u_42',
    examples: [
      { id: 'u_42', name: 'Ada Lovelace', note: 'pages of orders, dollars' },
      { id: 'u_8', name: 'Darin McClure', note: 'euros' },
      { id: 'u_3', name: 'Electa Goldner', note: 'yen: no decimals' },
      { id: 'u_15', name: 'Jewel Streich', note: 'dinars: three decimals' },
      { id: 'u_0', name: 'Nobody', note: 'a user whom no service has' },
    ],
  },
  examples: {
    Dashboard: { first: 50 },
    MoreOrders: { first: 20, after: 'o_7' },
    OrderPage: { id: 'o_7' },
    ProductPage: { id: 'p_7' },
  },
  services,
  resolvers,
});
