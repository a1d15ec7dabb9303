/**
 * @facet/server: the runtime of a GraphQL backend-for-frontend.
 *
 * A project declares its services (`defineServices`), describes their endpoints (`batchOf`, `listOf`), builds resolvers from fields
 * (`load`, `list`, `money`, …), and defines a server for each client (`defineBff`). `@facet/server/start` runs it.
 */

// Services and their endpoints
export {
  type BatchEndpoint,
  defineServices,
  type Endpoint,
  type ListEndpoint,
} from './downstream/endpoint.ts';
export { commaSeparated, type IdStyle, inBody, inPath, repeated, template } from './downstream/id-style.ts';
export { bareArray, dictionary, envelope, type RowShape } from './downstream/row-shape.ts';
export type { ServiceDefinition, ServiceDocument, ServiceRegistry } from './downstream/service-registry.ts';
export type { Context } from './graphql/context.ts';
export type { Connection, Edge } from './graphql/fields/relay.ts';
export type { Screen } from './graphql/fields/resolver.ts';
// Fields as data
export * from './graphql/fields.ts';
// Resolvers written by hand
export type { RequiredResolvers } from './graphql/schema/required-resolvers.ts';
// The server of a client
export { type Bff, defineBff } from './http/bff.ts';
export { CodedError, ErrorCode } from './request/errors.ts';
