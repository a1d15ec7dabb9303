import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ignoresSiblings } from './impact/document.ts';

/** The bounds of arrays by their places: '' for the answer itself, `items` for an array in each of its rows. */
type Bounds = Record<string, number>;

type Node = Readonly<Record<string, unknown>>;

/**
 * OpenAPI's maxItems of all arrays in what the GETs and POSTs of a document answer with 200, by path. Where both methods answer, a
 * bound holds for both. An array in an array has no place of its own, and so no bound.
 */
export function maxItemsOf(document: URL): Record<string, Bounds> {
  const byMethod = METHODS.map((method) =>
    answersOf(
      document,
      (): Bounds => ({}),
      (bounds, place, { maxItems }, isItem) => {
        // All parts of an allOf hold together.
        if (typeof maxItems === 'number' && !isItem) bounds[place] = Math.min(maxItems, bounds[place] ?? maxItems);
      },
      [method],
    ),
  );
  const paths = byMethod.flatMap((answers) => Object.keys(answers));
  return Object.fromEntries(
    paths.map((path) => [path, ofAll(byMethod.map((answers) => answers[path]).filter((found) => found !== undefined))]),
  );
}

/** The bounds that hold for each of several answers. */
function ofAll([first = {}, ...others]: readonly Bounds[]): Bounds {
  const common = Object.entries(first).filter(([place]) => others.every((other) => Object.hasOwn(other, place)));
  return Object.fromEntries(
    common.map(([place, most]) => [place, Math.max(most, ...others.map((other) => other[place] ?? most))]),
  );
}

/**
 * The names of the properties of all objects in those answers, by path and place. Objects that may have others are left out, and so
 * are those that are one of several schemas.
 */
export function propertiesOf(document: URL): Record<string, Record<string, readonly string[]>> {
  const answers = answersOf(
    document,
    (): Record<string, readonly string[]> => ({}),
    (names, place, node) => {
      const { properties, additionalProperties = false, oneOf, anyOf } = node;
      if (properties === undefined && additionalProperties === false && oneOf === undefined && anyOf === undefined)
        return;
      const isOpen = additionalProperties !== false || oneOf !== undefined || anyOf !== undefined;
      const known = place in names ? names[place] : [];
      // An empty list stays empty: nobody knows what else there may be.
      const isUnknown = isOpen || (place in names && known?.length === 0);
      names[place] = isUnknown ? [] : [...new Set([...(known ?? []), ...Object.keys(Object(properties))])].sort();
    },
  );
  return Object.fromEntries(Object.entries(answers).map(([path, names]) => [path, names ?? {}]));
}

const METHODS = ['get', 'post'];

/**
 * What is collected of each path's answers, undefined where it has none: `note` is called for every schema in them, with its place,
 * and with whether it is that of an array's items.
 */
function answersOf<Found>(
  document: URL,
  nothing: () => Found,
  note: (found: Found, place: string, node: Node, isItem: boolean) => void,
  methods = METHODS,
): Record<string, Found | undefined> {
  const whole = read(document);
  const { paths } = whole;
  const isWhole = !ignoresSiblings(whole);
  return Object.fromEntries(
    Object.entries(Object(paths)).map(([path, operations]) => {
      const schemas = methods.flatMap((method) => {
        const media = dig(document, Object(operations)[method], JSON_OF_ANSWER);
        return media?.node['schema'] === undefined ? [] : [schemaAt(media.document, media.node['schema'], isWhole)];
      });
      if (schemas.length === 0) return [path, undefined];
      const found = nothing();
      for (const schema of schemas) collect(schema, '', (...noted) => note(found, ...noted), isWhole);
      return [path, found];
    }),
  );
}

const JSON_OF_ANSWER = ['responses', '200', 'content', 'application/json'];

/** A node and the document that it stands in, to which its references are relative. */
interface Place {
  readonly document: URL;
  readonly node: Node;
}

function collect(
  at: Place,
  path: string,
  note: (place: string, node: Node, isItem: boolean) => void,
  isWhole: boolean,
  above: readonly Node[] = [],
  isItem = false,
): void {
  const { document, node } = at;
  // A schema that holds itself has no bound further down.
  if (above.includes(node)) return;
  const within = [...above, node];
  const { items, properties, allOf = [] } = node;
  note(path, node, isItem);
  const inner = (schema: unknown, place: string, isOfItem: boolean) =>
    collect(schemaAt(document, schema, isWhole), place, note, isWhole, within, isOfItem);
  if (items) inner(items, path, true);
  for (const [name, property] of Object.entries(Object(properties))) {
    inner(property, path === '' ? name : `${path}.${name}`, false);
  }
  for (const part of Object.values(Object(allOf))) inner(part, path, isItem);
}

function dig(document: URL, from: unknown, names: readonly string[]): Place | undefined {
  return names.reduce<Place | undefined>(
    (at, name) => {
      const next = at?.node[name];
      return at && next !== undefined ? resolved(at.document, next) : undefined;
    },
    resolved(document, from),
  );
}

/** A schema, or what it refers to; where keywords stand beside the reference, all of both, unless these are ignored. */
function schemaAt(document: URL, schema: unknown, isWhole: boolean): Place {
  const { $ref, ...beside } = Object(schema);
  if (typeof $ref !== 'string') return { document, node: Object(schema) };
  if (isWhole && Object.keys(beside).length > 0) return { document, node: { allOf: [{ $ref }, beside] } };
  const target = targetOf(document, $ref);
  return schemaAt(target.document, target.node, isWhole);
}

function resolved(document: URL, node: unknown): Place {
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
