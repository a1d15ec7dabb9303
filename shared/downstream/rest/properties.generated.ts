// Generated from services/openapi/ by npm run generate.

import type { ServiceName } from '../services.ts';

/** Properties of every object that a service answers: by service, path, and place in the answer; none where it may have any. */
export const PROPERTIES: Readonly<Partial<Record<ServiceName, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>> = {
  "users": {
    "/users/{id}": {
      "": [
        "address",
        "avatarUrl",
        "createdAt",
        "email",
        "firstName",
        "id",
        "lastName",
        "phone"
      ],
      "address": [
        "city",
        "country",
        "postcode",
        "street"
      ]
    },
    "/users": {
      "": [
        "address",
        "avatarUrl",
        "createdAt",
        "email",
        "firstName",
        "id",
        "lastName",
        "phone"
      ],
      "address": [
        "city",
        "country",
        "postcode",
        "street"
      ]
    },
    "/avatars/{name}": {}
  },
  "orders": {
    "/orders/{id}": {
      "": [
        "currency",
        "id",
        "itemCount",
        "items",
        "partnerId",
        "placedAt",
        "shippingAddress",
        "status",
        "totalCents",
        "trackingNumber",
        "userId"
      ],
      "shippingAddress": [
        "city",
        "country",
        "postcode",
        "street"
      ],
      "items": [
        "currency",
        "productId",
        "quantity",
        "unitPriceCents"
      ]
    },
    "/orders": {
      "": [
        "currency",
        "id",
        "itemCount",
        "items",
        "partnerId",
        "placedAt",
        "shippingAddress",
        "status",
        "totalCents",
        "trackingNumber",
        "userId"
      ],
      "shippingAddress": [
        "city",
        "country",
        "postcode",
        "street"
      ],
      "items": [
        "currency",
        "productId",
        "quantity",
        "unitPriceCents"
      ]
    }
  },
  "catalog": {
    "/products/{id}": {
      "": [
        "category",
        "createdAt",
        "currency",
        "description",
        "id",
        "imageUrl",
        "name",
        "priceCents",
        "stock"
      ]
    },
    "/products": {
      "": [
        "category",
        "createdAt",
        "currency",
        "description",
        "id",
        "imageUrl",
        "name",
        "priceCents",
        "stock"
      ]
    },
    "/promos": {
      "": [
        "body",
        "endsAt",
        "id",
        "imageUrl",
        "productId",
        "title"
      ]
    },
    "/images/{name}": {}
  }
};
