// Generated from shared/catalog/openapi.yaml by npm run generate.

export interface paths {
    readonly "/products/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One product by id. */
        readonly get: operations["getProduct"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/products": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Products page by page, of one category or all; or those with the given ids, in any order. */
        readonly get: operations["getProducts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/promos": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The promotions that run today. */
        readonly get: operations["getPromos"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/images/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A generated picture of a product or promotion. */
        readonly get: operations["getImage"];
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
        readonly Product: {
            readonly id: components["schemas"]["Id"];
            readonly name: string;
            readonly description: string;
            readonly priceCents: components["schemas"]["Cents"];
            readonly currency: components["schemas"]["Currency"];
            /** Format: uri */
            readonly imageUrl: string;
            readonly category: string;
            readonly stock: number;
            /** Format: date-time */
            readonly createdAt: string;
        };
        readonly Promo: {
            readonly id: components["schemas"]["Id"];
            readonly title: string;
            readonly body: string;
            /** Format: uri */
            readonly imageUrl: string;
            readonly productId?: components["schemas"]["Id"];
            /** Format: date-time */
            readonly endsAt: string;
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
        readonly PublicCacheControl: "public, max-age=60, stale-while-revalidate=30, stale-if-error=600";
        readonly ETag: string;
        /** @description rel="next" if there are more rows. */
        readonly Link: string;
    };
    pathItems: never;
}
export interface Product extends Named<components['schemas']['Product']> {}
export interface Promo extends Named<components['schemas']['Promo']> {}
export type Id = components['schemas']['Id'];
export type Cents = components['schemas']['Cents'];
export type Currency = components['schemas']['Currency'];
export interface Problem extends Named<components['schemas']['Problem']> {}
export type ResponseProblem = components['responses']['Problem'];
export type ParameterFields = components['parameters']['fields'];
export type ParameterTimeLeft = components['parameters']['timeLeft'];
export type ParameterLimit = components['parameters']['limit'];
export type ParameterAfter = components['parameters']['after'];
export type HeaderPublicCacheControl = components['headers']['PublicCacheControl'];
export type HeaderETag = components['headers']['ETag'];
export type HeaderLink = components['headers']['Link'];
export type $defs = Record<string, never>;
export interface operations {
    readonly getProduct: {
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
            /** @description The product. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PublicCacheControl"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Product"];
                };
            };
            /** @description The version in If-None-Match is still current. */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
    readonly getProducts: {
        readonly parameters: {
            readonly query?: {
                readonly category?: string;
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
            /** @description The products. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PublicCacheControl"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly Link: components["headers"]["Link"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["Product"][];
                };
            };
            /** @description The version in If-None-Match is still current. */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
    readonly getPromos: {
        readonly parameters: {
            readonly query?: {
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
            /** @description The promotions. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PublicCacheControl"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["Promo"][];
                };
            };
            /** @description The version in If-None-Match is still current. */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
    readonly getImage: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description A product's or promotion's id and ".svg". */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The picture. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PublicCacheControl"];
                    readonly ETag: components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "image/svg+xml": string;
                };
            };
            /** @description The version in If-None-Match is still current. */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
}
type Named<Schema> = Schema;

/** maxItems of arrays and property names in the responses, by URL path and by property path ('' for the whole response). */
export const document: import('@facet/server').ServiceDocument = {
  "maxItems": {
    "/products/{id}": {},
    "/products": {
      "": 100
    },
    "/promos": {
      "": 20
    },
    "/images/{name}": {}
  },
  "properties": {
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
