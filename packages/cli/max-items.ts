import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ignoresSiblings } from './impact/document.ts';

/** maxItems by property path: '' for the response itself, `items` for an array in each of its rows. */
type Bounds = Record<string, number>;

type Node = Readonly<Record<string, unknown>>;

/**
 * OpenAPI's maxItems of all arrays in the 200 responses of a document's GET and POST operations, by URL path. If a path has both
 * methods, a bound is the larger one of both. Arrays nested directly in arrays are not covered.
 */
export function maxItemsOf(document: URL): Record<string, Bounds> {
  const byMethod = METHODS.map((method) =>
    responsesOf(
      document,
      (): Bounds => ({}),
      (bounds, property, { maxItems }, isItem) => {
        // All parts of an allOf apply, so the smallest bound holds.
        if (typeof maxItems === 'number' && !isItem) {
          bounds[property] = Math.min(maxItems, bounds[property] ?? maxItems);
        }
      },
      [method],
    ),
  );
  const paths = byMethod.flatMap((responses) => Object.keys(responses));
  return Object.fromEntries(
    paths.map((path) => [
      path,
      ofAll(byMethod.map((responses) => responses[path]).filter((found) => found !== undefined)),
    ]),
  );
}

/** The bounds that apply to every one of several responses. */
function ofAll([first = {}, ...others]: readonly Bounds[]): Bounds {
  const common = Object.entries(first).filter(([property]) => others.every((other) => Object.hasOwn(other, property)));
  return Object.fromEntries(
    common.map(([property, most]) => [property, Math.max(most, ...others.map((other) => other[property] ?? most))]),
  );
}

/**
 * The property names of all objects in those responses, by URL path and property path. The list is empty for objects that allow
 * additional properties or have variants (oneOf, anyOf), because their properties are unknown.
 */
export function propertiesOf(document: URL): Record<string, Record<string, readonly string[]>> {
  const responses = responsesOf(
    document,
    (): Record<string, readonly string[]> => ({}),
    (names, path, node) => {
      const { properties, additionalProperties = false, oneOf, anyOf } = node;
      if (properties === undefined && additionalProperties === false && oneOf === undefined && anyOf === undefined)
        return;
      const isOpen = additionalProperties !== false || oneOf !== undefined || anyOf !== undefined;
      const known = path in names ? names[path] : [];
      // An empty list stays empty: the properties are unknown.
      const isUnknown = isOpen || (path in names && known?.length === 0);
      names[path] = isUnknown ? [] : [...new Set([...(known ?? []), ...Object.keys(Object(properties))])].sort();
    },
  );
  return Object.fromEntries(Object.entries(responses).map(([path, names]) => [path, names ?? {}]));
}

const METHODS = ['get', 'post'];

/**
 * Collects facts about the responses of each URL path; undefined for a path without a JSON response. `note` is called for every
 * schema, with its property path and with whether it is the schema of an array's items.
 */
function responsesOf<Found>(
  document: URL,
  nothing: () => Found,
  note: (found: Found, path: string, node: Node, isItem: boolean) => void,
  methods = METHODS,
): Record<string, Found | undefined> {
  const whole = read(document);
  const { paths } = whole;
  const isWhole = !ignoresSiblings(whole);
  return Object.fromEntries(
    Object.entries(Object(paths)).map(([path, operations]) => {
      const schemas = methods.flatMap((method) => {
        const media = dig(document, Object(operations)[method], JSON_RESPONSE);
        return media?.node['schema'] === undefined ? [] : [schemaAt(media.document, media.node['schema'], isWhole)];
      });
      if (schemas.length === 0) return [path, undefined];
      const found = nothing();
      for (const schema of schemas) collect(schema, '', (...noted) => note(found, ...noted), isWhole);
      return [path, found];
    }),
  );
}

const JSON_RESPONSE = ['responses', '200', 'content', 'application/json'];

/** A node and its document, which its references are relative to. */
interface Located {
  readonly document: URL;
  readonly node: Node;
}

function collect(
  at: Located,
  path: string,
  note: (path: string, node: Node, isItem: boolean) => void,
  isWhole: boolean,
  above: readonly Node[] = [],
  isItem = false,
): void {
  const { document, node } = at;
  // Recursive schemas end here.
  if (above.includes(node)) return;
  const within = [...above, node];
  const { items, properties, allOf = [] } = node;
  note(path, node, isItem);
  const inner = (schema: unknown, innerPath: string, isOfItem: boolean) =>
    collect(schemaAt(document, schema, isWhole), innerPath, note, isWhole, within, isOfItem);
  if (items) inner(items, path, true);
  for (const [name, property] of Object.entries(Object(properties))) {
    inner(property, path === '' ? name : `${path}.${name}`, false);
  }
  for (const part of Object.values(Object(allOf))) inner(part, path, isItem);
}

function dig(document: URL, from: unknown, names: readonly string[]): Located | undefined {
  return names.reduce<Located | undefined>(
    (at, name) => {
      const next = at?.node[name];
      return at && next !== undefined ? resolved(at.document, next) : undefined;
    },
    resolved(document, from),
  );
}

/** The schema with its reference resolved. Keywords next to a $ref are combined with it, unless OpenAPI 3.0 ignores them. */
function schemaAt(document: URL, schema: unknown, isWhole: boolean): Located {
  const { $ref, ...beside } = Object(schema);
  if (typeof $ref !== 'string') return { document, node: Object(schema) };
  if (isWhole && Object.keys(beside).length > 0) return { document, node: { allOf: [{ $ref }, beside] } };
  const target = targetOf(document, $ref);
  return schemaAt(target.document, target.node, isWhole);
}

function resolved(document: URL, node: unknown): Located {
  const { $ref } = Object(node);
  if (typeof $ref !== 'string') return { document, node: Object(node) };
  const target = targetOf(document, $ref);
  return resolved(target.document, target.node);
}

function targetOf(document: URL, reference: string): { readonly document: URL; readonly node: unknown } {
  const [file = '', pointer = ''] = reference.split('#');
  const target = file === '' ? document : new URL(file, document);
  const names = pointer.split('/').slice(1);
  return { document: target, node: names.reduce<unknown>((at, name) => Object(at)[unescaped(name)], read(target)) };
}

const unescaped = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

const documents = new Map<string, Node>();

function read(document: URL): Node {
  const known = documents.get(document.href);
  if (known) return known;
  const parsed: Node = Object(parse(readFileSync(document, 'utf8')));
  documents.set(document.href, parsed);
  return parsed;
}
