import { defineServices } from '@facet/server/internal/downstream/endpoint.ts';

/** Bounds of the arrays in the responses of `services`, as an OpenAPI document has them. */
const bounded = (maxItems: Readonly<Record<string, Readonly<Record<string, number>>>>) => ({
  maxItems,
  properties: {},
});

/** Services for endpoints that a test describes itself. Nobody listens at their addresses. */
export const { services, batchOf, listOf } = defineServices({
  users: { url: 'http://127.0.0.1:1', document: bounded({ '/users': { '': 100 } }) },
  orders: {
    url: 'http://127.0.0.1:1',
    document: bounded({ '/orders': { '': 100, items: 20 }, '/orders/{id}': { items: 20 } }),
  },
  catalog: { url: 'http://127.0.0.1:1', document: bounded({ '/products': { '': 100 }, '/promos': { '': 20 } }) },
});
