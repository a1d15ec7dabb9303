import type { Router } from 'express';
import type { GraphQLScalarType } from 'graphql';
import { InputError } from '../command/input-error.ts';
import type { Policies } from '../downstream/call.ts';
import type { ResolverMap } from '../graphql/schema.ts';
import type { HeadersFor, OnRequest } from './extensions.ts';
import type { Paths } from './paths.ts';
import type { ExampleIdentity } from './sandbox/protocol.ts';
import type { Defaults } from './settings/settings.ts';

/** What makes one client's backend: its schema, its resolvers, the services behind it, and everything specific to your company. */
export interface BffOptions extends Defaults {
  /** Name of the client, of its directory and its schema file. It is in every log line and trace. */
  readonly client: string;
  /**
   * Directory of the client, usually `new URL('./', import.meta.url)`. It holds `screens/`, `actions/`, `documents/` and `budget.json`.
   * Without it, the client has no registered documents, and an operation may make 60 calls.
   */
  readonly directory?: URL;
  /** The schema, as SDL or as the URL of a file; by default the file `../../schemas/CLIENT.graphql`, relative to the directory. */
  readonly schema?: URL | string;
  /** How callers are identified to the services. */
  readonly identity: IdentityOptions;
  readonly resolvers: ResolverMap;
  /** Implementations of the schema's custom scalars, by name. A scalar without one passes JSON values through. */
  readonly scalars?: Readonly<Record<string, GraphQLScalarType>>;
  /** Variables with which the sandbox runs a screen, by the screen's name. */
  readonly examples?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Directory of the manifests that the client's own tools write; `documents/` of the directory by default. */
  readonly manifests?: string;
  /** Most calls of an operation that is not registered; by default the value in `budget.json`. */
  readonly maxAdHocCalls?: number;
  /** Names of the services' cookies that the caller gets. All others are dropped. */
  readonly passThroughCookies?: readonly string[];
  /** Paths of the routes, where they differ from the defaults. */
  readonly paths?: Partial<Paths>;
  /** Runs for every GraphQL request before its operation; it may reject the request. */
  readonly onRequest?: OnRequest;
  /** Headers to send with each call to a service, in addition to those of the framework. */
  readonly headersFor?: HeadersFor;
  /** Composes the policies of the calls to each endpoint, before its first call: retries, circuit breaker, limits and your own. */
  readonly policies?: Policies;
  /** Adds Express routes of your own, before the 404 handler. They are neither identified nor admitted: do that yourself. */
  readonly routes?: (router: Router) => void;
}

/** Which header carries the caller's id, and ids for trying the client. */
export interface IdentityOptions {
  /** Header that carries the caller's id: set by the gateway, and sent to every endpoint that is not public. Such as `X-User-Id`. */
  readonly header: string;
  /** An id that the services know. The sandbox and the command line sign in with it. */
  readonly exampleId: string;
  /** Identities that the sandbox offers; `exampleId` alone by default. */
  readonly examples?: readonly ExampleIdentity[];
}

/** A name by RFC 9110, section 5.1. */
const HEADER = /^[\w!#$%&'*+.^`|~-]+$/;

/** Headers with another meaning, none of which can carry an identity. */
const TAKEN = [
  'accept',
  'authorization',
  'baggage',
  'connection',
  'cookie',
  'host',
  'traceparent',
  'tracestate',
  'transfer-encoding',
];
const TAKEN_PREFIXES = ['accept-', 'content-', 'x-request-'];

function isTaken(header: string): boolean {
  const name = header.toLowerCase();
  return TAKEN.includes(name) || TAKEN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** What is wrong with the name of an identity header; undefined if it is usable. */
export function problemOfHeader(header: string): string | undefined {
  if (!HEADER.test(header)) return `${JSON.stringify(header)}; it must be the name of a header.`;
  if (isTaken(header)) return `"${header}", which has another meaning. Choose a header of your own.`;
  return undefined;
}

/** Throws an InputError for options that types cannot rule out. */
export function checkOptions({ client, identity: { header } }: BffOptions): void {
  const problem = problemOfHeader(header);
  if (problem !== undefined) throw new InputError(`${client}: identity.header is ${problem}`);
}
