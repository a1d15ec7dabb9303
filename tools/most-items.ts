import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The bounds of arrays by their places: '' for the answer itself, `items` for an array in each of its rows. */
type Bounds = Record<string, number>;

type Node = Readonly<Record<string, unknown>>;

/** OpenAPI's maxItems of all arrays in what the GETs and POSTs of a document answer with 200, by path. */
export function mostItemsOf(document: URL): Record<string, Bounds> {
  const { paths } = read(document);
  return Object.fromEntries(
    Object.entries(Object(paths)).map(([path, operations]) => {
      const bounds: Bounds = {};
      for (const method of ['get', 'post']) {
        const schema = dig(document, Object(operations)[method], [
          'responses',
          '200',
          'content',
          'application/json',
          'schema',
        ]);
        if (schema) collect(schema, '', bounds, []);
      }
      return [path, bounds];
    }),
  );
}

/** A node and the document that it stands in, to which its references are relative. */
interface Place {
  readonly document: URL;
  readonly node: Node;
}

function collect(at: Place, path: string, bounds: Bounds, above: readonly Node[]): void {
  const { document, node } = at;
  // A schema that holds itself has no bound further down.
  if (above.includes(node)) return;
  const within = [...above, node];
  const { maxItems, items, properties, allOf = [] } = node;
  if (typeof maxItems === 'number') bounds[path] = maxItems;
  if (items) collect(resolved(document, items), path, bounds, within);
  for (const [name, property] of Object.entries(Object(properties))) {
    collect(resolved(document, property), path === '' ? name : `${path}.${name}`, bounds, within);
  }
  for (const part of Object.values(Object(allOf))) collect(resolved(document, part), path, bounds, within);
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

function resolved(document: URL, node: unknown): Place {
  const { $ref } = Object(node);
  if (typeof $ref !== 'string') return { document, node: Object(node) };
  const [file = '', pointer = ''] = $ref.split('#');
  const target = file === '' ? document : new URL(file, document);
  const names = pointer.split('/').slice(1);
  return resolved(
    target,
    names.reduce<unknown>((at, name) => Object(at)[unescaped(name)], read(target)),
  );
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
