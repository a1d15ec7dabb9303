// Generated from shared/users/openapi.yaml by npm run generate.

export interface paths {
    readonly "/users/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One user by id. */
        readonly get: operations["getUser"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Several users by id, in any order; unknown ids are left out. */
        readonly get: operations["getUsers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/avatars/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A generated picture of a user, the same for everybody. */
        readonly get: operations["getAvatar"];
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
        readonly User: {
            readonly id: components["schemas"]["Id"];
            readonly firstName: string;
            readonly lastName: string;
            /** Format: email */
            readonly email: string;
            readonly phone: string;
            /** Format: uri */
            readonly avatarUrl: string;
            /** Format: date-time */
            readonly createdAt: string;
            readonly address: components["schemas"]["Address"];
        };
        /** @description At most 512 bytes of UTF-8 without control characters. */
        readonly Id: string;
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
        /** @description 1 to 100 ids, separated by commas; a comma within an id is %2C. */
        readonly ids: readonly components["schemas"]["Id"][];
    };
    requestBodies: never;
    headers: {
        readonly PrivateCacheControl: "private, no-store";
        readonly PublicCacheControl: "public, max-age=60, stale-while-revalidate=30, stale-if-error=600";
    };
    pathItems: never;
}
export interface User extends Named<components['schemas']['User']> {}
export type Id = components['schemas']['Id'];
export interface Address extends Named<components['schemas']['Address']> {}
export interface Problem extends Named<components['schemas']['Problem']> {}
export type ResponseProblem = components['responses']['Problem'];
export type ParameterFields = components['parameters']['fields'];
export type ParameterTimeLeft = components['parameters']['timeLeft'];
export type ParameterIds = components['parameters']['ids'];
export type HeaderPrivateCacheControl = components['headers']['PrivateCacheControl'];
export type HeaderPublicCacheControl = components['headers']['PublicCacheControl'];
export type $defs = Record<string, never>;
export interface operations {
    readonly getUser: {
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
            /** @description The user. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PrivateCacheControl"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 404: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
    readonly getUsers: {
        readonly parameters: {
            readonly query: {
                /** @description 1 to 100 ids, separated by commas; a comma within an id is %2C. */
                readonly ids: components["parameters"]["ids"];
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
            /** @description The users that exist. */
            readonly 200: {
                headers: {
                    readonly "Cache-Control": components["headers"]["PrivateCacheControl"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["User"][];
                };
            };
            readonly 400: components["responses"]["Problem"];
            readonly 504: components["responses"]["Problem"];
        };
    };
    readonly getAvatar: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description A user's id and ".svg". */
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
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "image/svg+xml": string;
                };
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
    "/users/{id}": {},
    "/users": {
      "": 100
    },
    "/avatars/{name}": {}
  },
  "properties": {
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
  }
};
