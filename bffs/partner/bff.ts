import { defineBff } from '@facet/server';
import { services } from '../../shared/services.ts';
import { resolvers } from './resolvers.ts';

export const bff = defineBff({
  client: 'partner',
  directory: new URL('./', import.meta.url),
  port: 4003,
  identity: {
    header: 'X-Partner-Id',
    exampleId: 'pa_1',
    examples: [
      { id: 'pa_1', name: 'Partner 1', note: 'o_7 is of its orders' },
      { id: 'pa_2', name: 'Partner 2' },
      { id: 'pa_0', name: 'Nobody', note: 'a partner without orders' },
    ],
  },
  examples: { ProductFeed: { first: 20, category: 'toys' }, OrderStatus: { id: 'o_7' } },
  services,
  resolvers,
  publicSchema: true,
});
