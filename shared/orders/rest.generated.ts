// Generated from shared/orders/openapi.yaml by npm run generate.

export interface paths {
    readonly "/orders/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One of the caller's orders by id. */
        readonly get: operations["getOrder"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/orders": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The caller's orders, newest first; or those of them with the given ids, in any order. */
        readonly get: operations["getOrders"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @enum {string} */
        readonly OrderStatus: "pending" | "paid" | "shipped" | "delivered" | "cancelled";
        readonly OrderItem: {
            readonly productId: components["schemas"]["Id"];
            readonly quantity: number;
            readonly unitPriceCents: components["schemas"]["Cents"];
            readonly currency: components["schemas"]["Currency"];
        };
        readonly Order: {
            readonly id: components["schemas"]["Id"];
            readonly userId: components["schemas"]["Id"];
            readonly partnerId?: components["schemas"]["Id"];
            readonly status: components["schemas"]["OrderStatus"];
            readonly totalCents: components["schemas"]["Cents"];
            readonly currency: components["schemas"]["Currency"];
            /** Format: date-time */
            readonly placedAt: string;
            readonly trackingNumber?: string;
            readonly itemCount: number;
            readonly shippingAddress: components["schemas"]["Address"];
            readonly items: readonly components["schemas"]["OrderItem"][];
        };
        /** @description At most 512 bytes of UTF-8 without control characters. */
        readonly Id: string;
        /**
         * Format: int64
         * @description Minor units of the accompanying currency.
         */
        readonly Cents: number;
        /** @description ISO 4217. */
        readonly Currency: string;
        readonly Address: {
            readonly street: string;
            readonly city: string;
            readonly postcode: string;
            /** @description ISO 3166-1 alpha-2. */
            readonly country: string;
        };
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail?: string;
        };
    };
    responses: {
        /** @description A problem document (RFC 9457). */
        readonly Problem: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description Comma-separated properties. The response contains only these and the key. */
        readonly fields: readonly string[];
        /** @description Time left in milliseconds. The response is 504 if it is over before the request is processed. */
        readonly timeLeft: number;
        readonly limit: number;
        /** @description The key of the last row of the previous page. */
        readonly after: components["schemas"]["Id"];
    };
    requestBodies: never;
    headers: {
        readonly PrivateCacheControl: "private, no-store";
        /** @description rel="next" if there are more rows. */
        readonly Link: string;
    };
    pathItems: never;
}
export type OrderStatus = components['schemas']['OrderStatus'];
export interface OrderItem extends Named<components['schemas']['OrderItem']> {}
export interface Order extends Named<components['schemas']['Order']> {}
export type Id = components['schemas']['Id'];
export type Cents = components['schemas']['Cents'];
export type Currency = components['schemas']['Currency'];
export interface Address extends Named<components['schemas']['Address']> {}
export interface Problem extends Named<components['schemas']['Problem']> {}
export type ResponseProblem = components['responses']['Problem'];
export type ParameterFields = components['parameters']['fields'];
export type ParameterTimeLeft = components['parameters']['timeLeft'];
export type ParameterLimit = components['parameters']['limit'];
export type ParameterAfter = components['parameters']['after'];
export type HeaderPrivateCacheControl = components['headers']['PrivateCacheControl'];
export type HeaderLink = components['headers']['Link'];
export type $defs = Record<string, never>;
export interface operations {
    readonly getOrder: {
        readonly parameters: {
            readonly query?: {
                /** @description Comma-separated properties. The response contains only these and the key. */
                readonly fields?: components["parameters"]["fields"];
            };
            readonly header?: {
                /** @description Time left in milliseconds. The response is 504 if it is over before the request is processed. */
                readonly "X-Request-Timeout-Ms"?: components["parameters"]["timeLeft"];
            };
            readonly path: {
                readonly id: components["schemas"]["Id"];
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The order. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PrivateCacheControl"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Order"];
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 401: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
    readonly getOrders: {
        readonly parameters: {
            readonly query?: {
                readonly limit?: components["parameters"]["limit"];
                /** @description The key of the last row of the previous page. */
                readonly after?: components["parameters"]["after"];
                /** @description 1 to 100 ids, separated by commas; a comma within an id is %2C. Unknown ids are omitted. */
                readonly ids?: readonly components["schemas"]["Id"][];
                /** @description Comma-separated properties. The response contains only these and the key. */
                readonly fields?: components["parameters"]["fields"];
            };
            readonly header?: {
                /** @description Time left in milliseconds. The response is 504 if it is over before the request is processed. */
                readonly "X-Request-Timeout-Ms"?: components["parameters"]["timeLeft"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The orders. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PrivateCacheControl"];
                    readonly Link: components["headers"]["Link"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["Order"][];
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 401: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
}
type Named<Schema> = Schema;

/** maxItems of arrays and property names in the responses, by URL path and by property path ('' for the whole response). */
export const document: import('@facet/server').ServiceDocument = {
  "maxItems": {
    "/orders/{id}": {
      "items": 20
    },
    "/orders": {
      "": 100,
      "items": 20
    }
  },
  "properties": {
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
  }
};
