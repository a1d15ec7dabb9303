/**
 * @facet/server: the runtime of a GraphQL backend-for-frontend (BFF).
 *
 * 1. Declare the services (`defineServices`) and describe their endpoints (`batchOf`, `listOf`).
 * 2. Build the resolvers from fields (`load`, `list`, `money`, …).
 * 3. Define the backend of a client (`defineBff`). `@facet/server/start` runs it as a server; `bff.router` mounts it in an Express app.
 */

// 1. Services and their endpoints

export { type BatchEndpoint, defineServices, type Endpoint, type ListEndpoint } from './downstream/endpoint.ts';
export { commaSeparated, type IdStyle, inBody, inPath, repeated, template } from './downstream/id-style.ts';
export { bareArray, dictionary, envelope, type RowShape } from './downstream/row-shape.ts';
export type { ServiceDefinition, ServiceDocument, ServiceRegistry } from './downstream/service-registry.ts';

// 2. Resolvers: fields as data, and functions of your own

export type { Context } from './graphql/context.ts';
export type { Connection, Edge } from './graphql/fields/relay.ts';
export type { Screen } from './graphql/fields/resolver.ts';
export * from './graphql/fields.ts';
export type { RequiredResolvers } from './graphql/schema/required-resolvers.ts';
export type { ResolverMap } from './graphql/schema.ts';
export type { RequestContext } from './request/context.ts';
export type { Identity } from './request/identity.ts';

// 3. The backend of a client

export { type Bff, defineBff, type StartOptions } from './http/bff.ts';
export type { BffOptions, IdentityOptions } from './http/options.ts';
export type { Paths } from './http/paths.ts';
export type { ExampleIdentity } from './http/sandbox/protocol.ts';

// Extension points: hooks, headers per call, policies of the calls

export type { Answer, Call, Caller, DefaultPolicies, Policies, Policy, Send } from './downstream/call.ts';
export type { HeadersFor, IncomingRequest, OnRequest, OutgoingCall } from './http/extensions.ts';

// Errors

export { InputError } from './command/input-error.ts';
export { RequestRejectedError } from './http/output/request-rejected.ts';
export { CodedError, ErrorCode } from './request/errors.ts';
