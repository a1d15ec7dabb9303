/**
 * The parts of a service's OpenAPI document that describe its responses, as `facet generate` extracts them. Keys are the path of the
 * endpoint, then the path in the response: '' for the response itself, `items` for an array in each of its rows.
 */
export interface ServiceDocument {
  /** maxItems of arrays. */
  readonly maxItems: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Property names of objects; empty for an object that may have others. */
  readonly properties: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A service that endpoints call. */
export interface ServiceDefinition {
  /** Default of the service's setting NAME_URL. */
  readonly url: string;
  /** From the service's rest.generated.ts. Without it, array lengths and property names are unknown. */
  readonly document?: ServiceDocument;
}

/** All services, by name: lower-case letters, digits and dashes. */
export type ServiceRegistry<Name extends string = string> = Readonly<Record<Name, ServiceDefinition>>;
