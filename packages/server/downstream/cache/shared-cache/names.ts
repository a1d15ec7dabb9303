import { createHash } from 'node:crypto';
import type { Description } from '../../endpoint.ts';
import type { Properties } from '../../sparse.ts';

/** Version of the entry format. Raise it with every change, so that releases do not read each other's entries. */
const FORMAT = 3;

/** The URL of each service. */
export type ServiceUrls = Readonly<Record<string, { readonly url: string }>>;

type NameOf = (key: string) => string;

/**
 * Creates the names of rows and lists in the store. A name has the format, the service, and a digest of everything that
 * determines the rows: the service's URL, how it is called, how its responses are read, which properties. Releases and environments
 * that differ in any of these, or in the prefix, share nothing.
 */
export function createNames(services: ServiceUrls, prefix?: string) {
  const start = prefix === undefined ? 'facet' : `${prefix}:facet`;
  const byEndpoint = new WeakMap<object, WeakMap<object, NameOf>>();
  return (endpoint: Description, properties: Properties): NameOf => {
    let byProperties = byEndpoint.get(endpoint);
    if (!byProperties) {
      byProperties = new WeakMap();
      byEndpoint.set(endpoint, byProperties);
    }
    // The array is the same object at every run of an operation.
    const known = byProperties.get(properties ?? WHOLE);
    if (known) return known;
    const digest = digestOf([FORMAT, services[endpoint.service]?.url, ...described(endpoint), properties ?? null]);
    const prefixOfKey = `${start}:${FORMAT}:${endpoint.service}:${digest}:`;
    const nameOf = (key: string) => prefixOfKey + key;
    byProperties.set(properties ?? WHOLE, nameOf);
    return nameOf;
  };
}

/** Stands for all properties, which have no list. */
const WHOLE = {};

/** The parts of an endpoint that determine its rows. A call for two keys shows how it passes them. */
function described(endpoint: Description): unknown[] {
  const { kind, service, method, path, rowKey, rows, sparse } = endpoint;
  const call = kind === 'batch' ? [endpoint.ids.many, endpoint.ids.request(path, ['a', 'b'])] : [endpoint.limit];
  return [kind, service, method, path, rowKey, rows.kind, rows.path, sparse, ...call];
}

function digestOf(description: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('base64url').slice(0, 16);
}
