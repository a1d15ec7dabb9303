import { defineServices } from '@facet/server/internal/downstream/endpoint.ts';

/** Bounds of the arrays in the responses of `services`, as an OpenAPI document has them. */
const bounded = (maxItems: Readonly<Record<string, Readonly<Record<string, number>>>>) => ({
  maxItems,
  properties: {},
});

/** Services for endpoints that a test describes itself. No server listens at their addresses. */
export const { services, batchOf, listOf } = defineServices({
  members: { url: 'http://127.0.0.1:1', document: bounded({ '/members': { '': 100 } }) },
  loans: {
    url: 'http://127.0.0.1:1',
    document: bounded({ '/loans': { '': 100, items: 20 }, '/loans/{id}': { items: 20 } }),
  },
  library: { url: 'http://127.0.0.1:1', document: bounded({ '/books': { '': 100 }, '/readings': { '': 20 } }) },
});
