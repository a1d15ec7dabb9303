// Generated from services/openapi/ by npm run generate.

import type { ServiceName } from '../services.ts';

/** OpenAPI's maxItems of every array that a service answers: by service, path, and place in the answer ('' for all of it). */
export const MOST_ITEMS: Readonly<Record<ServiceName, Readonly<Record<string, Readonly<Record<string, number>>>>>> = {
  "users": {
    "/users/{id}": {},
    "/users": {
      "": 100
    },
    "/avatars/{name}": {}
  },
  "orders": {
    "/orders/{id}": {
      "items": 20
    },
    "/orders": {
      "": 100,
      "items": 20
    }
  },
  "catalog": {
    "/products/{id}": {},
    "/products": {
      "": 100
    },
    "/promos": {
      "": 20
    },
    "/images/{name}": {}
  }
};
