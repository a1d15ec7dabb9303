import { defineProject } from '@facet/cli';

const service = (name: string, port: number) => ({
  name,
  port,
  script: `examples/services/${name}/main.ts`,
  sources: 'examples/services',
});

/** The services and frontends that `facet` starts and bundles in addition to the clients in bffs/. */
export default defineProject({
  prepare: 'examples/services/data/main.ts',
  services: [service('users', 3001), service('orders', 3002), service('catalog', 3003)],
  frontends: [
    {
      name: 'web-dashboard',
      client: 'web',
      port: 5001,
      shows: 'the dashboard: React, urql',
      directory: 'examples/web-dashboard',
    },
    {
      name: 'mobile-home',
      client: 'mobile',
      port: 5002,
      shows: 'the home screen: React, Apollo Client',
      directory: 'examples/mobile-home',
    },
  ],
  examples: {
    mobile: '{ home { greeting avatar recentOrders { id status total currency } promos { title } } }',
    web: '{ dashboard { profile { name } orders(first: 2) { id total { formatted } items { product { name } } } } }',
    partner: '{ products(first: 2) { edges { node { id name price { amount currency } } } pageInfo { endCursor } } }',
  },
  testServices: 'examples/testing/reference-services.ts',
  manifests: 'deploy/kubernetes/manifests.ts',
  reference: 'docs/reference',
});
