import { createHash } from 'node:crypto';
import type { Description } from '../endpoint.ts';
import type { Properties } from '../sparse.ts';

/** Of how an entry is written; to be raised with every change of it, so that releases do not read each other's. */
const FORMAT = 3;

/** Where each service is. */
export type ServiceUrls = Readonly<Record<string, { readonly url: string }>>;

type NameOf = (key: string) => string;

/**
 * What rows and lists are called in the store. A name says the format and the service, and has a digest of all that makes
 * the endpoint's rows what they are: where the service is, how it is asked, how its answers are read, which properties.
 * Releases or environments that differ in any of that share nothing, nor do those with different prefixes.
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
    // An operation's properties are the same object at every run of it.
    const known = byProperties.get(properties ?? WHOLE);
    if (known) return known;
    const digest = digestOf([FORMAT, services[endpoint.service]?.url, ...described(endpoint), properties ?? null]);
    const beginning = `${start}:${FORMAT}:${endpoint.service}:${digest}:`;
    const nameOf = (key: string) => beginning + key;
    byProperties.set(properties ?? WHOLE, nameOf);
    return nameOf;
  };
}

/** Stands for the properties of whole rows, which have no list. */
const WHOLE = {};

/** What an endpoint is, as far as it can be told from data: the call for two keys shows how it takes them. */
function described(endpoint: Description): unknown[] {
  const { kind, service, method, path, rowKey, rows, sparse } = endpoint;
  const asked = kind === 'batch' ? [endpoint.ids.many, endpoint.ids.request(path, ['a', 'b'])] : [endpoint.limit];
  return [kind, service, method, path, rowKey, rows.kind, rows.path, sparse, ...asked];
}

function digestOf(description: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('base64url').slice(0, 16);
}
