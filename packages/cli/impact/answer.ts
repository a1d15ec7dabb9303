import { dig, type Node, resolvedSchema } from './document.ts';
import { roleOf } from './keywords.ts';
import { commonTypes, expanded } from './narrowing.ts';

/** What an OpenAPI document says of one value. */
export interface Value {
  /** JSON Schema's types but null, sorted; none for any. */
  readonly types: readonly string[];
  readonly isNullable: boolean;
  /** Whether it may be left out of the object that it is in. */
  readonly isOptional: boolean;
  /** All that it can be; undefined where it is not an enum. */
  readonly values: readonly string[] | undefined;
  readonly format: string | undefined;
  readonly maxItems: number | undefined;
  /** Whether it is a whole number that is known to have no more than 32 bits. */
  readonly isInt32: boolean;
  /** Whether no answer has it, though the schema does. */
  readonly isWriteOnly: boolean;
  readonly isDeprecated: boolean;
  /** What its schemas say by keywords whose changes cannot be judged. */
  readonly opaque: ReadonlyMap<string, string>;
  /** Of an array. */
  readonly items: Value | undefined;
}

/**
 * What one operation answers with 200. A value's place is its property names with dots in between, '' for the answer
 * itself. What is in each item of an array, or in each entry of a dictionary, has the place of the array or dictionary.
 */
export class Answer {
  readonly #document: Node;
  readonly #schema: unknown;
  readonly #root: readonly Node[];

  constructor(document: Node, schema: unknown) {
    this.#document = document;
    this.#schema = schema;
    this.#root = this.#views(schema);
  }

  /** The value at a place; undefined where there is none. */
  at(place: string): Value | undefined {
    const names = namesOf(place);
    const last = names.pop();
    if (last === undefined) return this.#value(this.#root, false, this.#schema);
    const views = this.#property(this.#objectsAt(names), last);
    if (views.length === 0) return undefined;
    const holder = names.reduce<unknown>((schema, name) => this.#below(schema, name), this.#schema);
    return this.#value(views, !this.#requires(holder, last), this.#below(holder, last));
  }

  /** Names of the properties of the objects at a place. */
  propertiesAt(place: string): string[] {
    return [...new Set(this.#objectsAt(namesOf(place)).flatMap(({ properties }) => Object.keys(Object(properties))))];
  }

  /** Every place that there is; where an object holds others of its own kind, those of the first only. */
  places(): string[] {
    const below = (place: string): string[] =>
      this.propertiesAt(place)
        .map((name) => (place === '' ? name : `${place}.${name}`))
        .filter((inner) => this.canonical(inner) === inner)
        .flatMap((inner) => [inner, ...below(inner)]);
    return ['', ...below('')];
  }

  /** The shortest place of the same: in a tree of categories, `parent.parent.name` is `name`. */
  canonical(place: string): string {
    const seen = new Map<Node, string>();
    let here = '';
    for (const name of ['', ...namesOf(place)]) {
      here = here === '' ? name : `${here}.${name}`;
      const [object] = this.#objectsAt(namesOf(here)).filter(({ properties }) => properties);
      if (!object) continue;
      const known = seen.get(object);
      if (known !== undefined) here = known;
      else seen.set(object, here);
    }
    return here;
  }

  /** The schemas of the objects at a place, be they in arrays or dictionaries. */
  #objectsAt(names: readonly string[]): Node[] {
    return names.reduce((objects, name) => this.#objects(this.#property(objects, name)), this.#objects(this.#root));
  }

  /**
   * The schema of the property of an object, or of that in each item or entry: what several schemas say of it holds together or is
   * one of several, as these schemas are.
   */
  #below(schema: unknown, name: string, above: readonly Node[] = []): unknown {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return undefined;
    const inner = (part: unknown) => this.#below(part, name, [...above, node]);
    const { properties } = node;
    const own = Object.hasOwn(Object(properties), name) ? [Object(properties)[name]] : [];
    const direct = combined('allOf', [...own, ...partsOf(node, inner)]);
    return combined('anyOf', [direct, ...heldBy(node).map(inner)]);
  }

  /** The schema of each item of an array. */
  #itemsOf(schema: unknown, above: readonly Node[] = []): unknown {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return undefined;
    const inner = (part: unknown) => this.#itemsOf(part, [...above, node]);
    return combined('allOf', [node['items'], ...partsOf(node, inner)]);
  }

  /** Whether an object, or that in each item or entry, has a property whichever of its variants it is. */
  #requires(schema: unknown, name: string, above: readonly Node[] = []): boolean {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return false;
    const does = (part: unknown) => this.#requires(part, name, [...above, node]);
    const held = heldBy(node).filter((each) => this.#below(each, name) !== undefined);
    const isOwn = Object.hasOwn(Object(node['properties']), name);
    if (held.length > 0 && (!held.every(does) || !isOwn)) return held.every(does);
    const { required, allOf } = node;
    if (Array.isArray(required) && required.includes(name)) return true;
    if (Object.values(Object(allOf)).some(does)) return true;
    return ['anyOf', 'oneOf'].some((keyword) => {
      const variants = this.#variants(node, keyword);
      return variants.length > 0 && variants.every(does);
    });
  }

  /** All variants but null. */
  #variants(node: Node, keyword: string): unknown[] {
    const variants = Object.values(Object(node[keyword]));
    return variants.filter((variant) => resolvedSchema(this.#document, variant)['type'] !== 'null');
  }

  /** The types that a value may have, null among them: those of each part of an allOf, and of any variant; undefined for any. */
  #types(schema: unknown, above: readonly Node[] = []): readonly string[] | undefined {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return undefined;
    const inner = (part: unknown) => this.#types(part, [...above, node]);
    const variants = ['anyOf', 'oneOf'].map((keyword) => anyOf(Object.values(Object(node[keyword])).map(inner)));
    const own = node['type'] === undefined ? undefined : [node['type']].flat().map(String);
    return allOf([own, ...Object.values(Object(node['allOf'])).map(inner), ...variants], commonTypes);
  }

  /** All that a value can be, like its types. A variant without an enum says nothing of it. */
  #values(schema: unknown, above: readonly Node[] = []): readonly unknown[] | undefined {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return undefined;
    const inner = (part: unknown) => this.#values(part, [...above, node]);
    const variants = ['anyOf', 'oneOf'].map((keyword) =>
      anyOf(
        this.#variants(node, keyword)
          .map(inner)
          .filter((values) => values !== undefined),
      ),
    );
    const { enum: some, const: only } = node;
    const own = [only === undefined ? undefined : [only], Array.isArray(some) ? some : undefined];
    return allOf([...own, ...Object.values(Object(node['allOf'])).map(inner), ...variants], (one, other) =>
      one.filter((value) => other.includes(value)),
    );
  }

  #objects(views: readonly Node[], above: readonly Node[] = []): Node[] {
    return views.flatMap((view): Node[] => {
      if (above.includes(view)) return [];
      const inner = [view['items'], view['additionalProperties']].filter((node) => typeof node === 'object');
      return [view, ...inner.flatMap((node) => this.#objects(this.#views(node), [...above, view]))];
    });
  }

  #property(objects: readonly Node[], name: string): Node[] {
    return objects.flatMap(({ properties }) =>
      Object.hasOwn(Object(properties), name) ? this.#views(Object(properties)[name]) : [],
    );
  }

  /** A schema and all that it is made of, or may be instead. */
  #views(schema: unknown, above: readonly Node[] = []): Node[] {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return [];
    const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => Object.values(Object(node[keyword])));
    return [node, ...parts.flatMap((part) => this.#views(part, [...above, node]))];
  }

  /** Most items of an array: of variants those of the longest, of parts that hold together those of the shortest. */
  #mostItems(schema: unknown, above: readonly Node[] = []): number | undefined {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return undefined;
    const inner = (part: unknown) => this.#mostItems(part, [...above, node]);
    const variants = ['anyOf', 'oneOf'].map((keyword) => largest(this.#arraysAmong(node[keyword]).map(inner)));
    return smallest([node['maxItems'], ...Object.values(Object(node['allOf'])).map(inner), ...variants]);
  }

  /** The variants that can be an array. */
  #arraysAmong(variants: unknown): unknown[] {
    return Object.values(Object(variants)).filter((variant) => this.#types(variant)?.includes('array') ?? true);
  }

  #opaque(views: readonly Node[]): Map<string, string> {
    const keywords = new Set(views.flatMap((view) => Object.keys(view)));
    return new Map(
      [...keywords]
        .filter((keyword) => roleOf(keyword) === 'opaque')
        .map((keyword) => {
          const all = views.filter((view) => Object.hasOwn(view, keyword));
          return [keyword, JSON.stringify(all.map((view) => expanded(this.#document, view[keyword])))];
        }),
    );
  }

  #value(views: readonly Node[], isOptional: boolean, schema: unknown): Value {
    const allowed = this.#types(schema);
    // Where parts contradict each other, there is no such value: then each of the types is told.
    const types = new Set(allowed?.length === 0 ? views.flatMap(({ type }) => type ?? []).map(String) : allowed);
    const values = this.#values(schema);
    const inner = this.#itemsOf(schema);
    const items = inner === undefined ? [] : this.#views(inner);
    return {
      types: [...types].filter((type) => type !== 'null').sort(),
      isNullable: types.has('null') || views.some(({ nullable }) => nullable === true),
      isOptional,
      values: values?.filter((value) => value !== null).map(String),
      format: views.map(({ format }) => format).find((format) => typeof format === 'string'),
      maxItems: this.#mostItems(schema),
      isInt32: views.some(({ format }) => format === 'int32') || views.some(isWithin32Bits),
      isWriteOnly: views.some(({ writeOnly }) => writeOnly === true),
      isDeprecated: views.some(({ deprecated }) => deprecated === true),
      opaque: this.#opaque([...views, ...items]),
      items:
        items.length === 0 || items.some((item) => views.includes(item)) ? undefined : this.#value(items, false, inner),
    };
  }
}

/** What an operation answers where it succeeds; undefined where it answers no JSON. */
export function answerOf(document: Node, path: string, method: string): Answer | undefined {
  const response = successOf(document, path, method);
  const schema = response && dig(document, response, 'content', 'application/json')?.['schema'];
  return schema === undefined ? undefined : new Answer(document, schema);
}

/** The response of an operation for 200: under the code, under all codes like it, or under all others. */
export function successOf(document: Node, path: string, method: string): Node | undefined {
  const responses = dig(document, document, 'paths', path, method, 'responses');
  const code = ['200', '2XX', 'default'].find((name) => responses && Object.hasOwn(responses, name));
  return code === undefined ? undefined : dig(document, responses, code);
}

const namesOf = (place: string): string[] => (place === '' ? [] : place.split('.'));

/** What an object or array holds in each of its entries or items. */
function heldBy({ items, additionalProperties }: Node): unknown[] {
  return [items, additionalProperties].filter((held) => typeof held === 'object');
}

/** What is found in the parts that hold together with a schema, and in its variants. */
function partsOf({ allOf: parts, ...node }: Node, find: (part: unknown) => unknown): unknown[] {
  const variants = ['anyOf', 'oneOf'].map((keyword) =>
    combined('anyOf', Object.values(Object(node[keyword])).map(find)),
  );
  return [...Object.values(Object(parts)).map(find), ...variants];
}

/** One schema of several, some of which may not be there. */
function combined(keyword: 'allOf' | 'anyOf', schemas: readonly unknown[]): unknown {
  const known = schemas.filter((schema) => schema !== undefined);
  return known.length > 1 ? { [keyword]: known } : known[0];
}

/** What is among any of several lists, each of which is undefined for anything. */
function anyOf<Item>(lists: readonly (readonly Item[] | undefined)[]): readonly Item[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  return known.length === 0 || known.length < lists.length ? undefined : [...new Set(known.flat())];
}

/** What is among all of them. */
function allOf<Item>(
  lists: readonly (readonly Item[] | undefined)[],
  common: (one: readonly Item[], other: readonly Item[]) => readonly Item[],
): readonly Item[] | undefined {
  const [first, ...others] = lists.filter((list) => list !== undefined);
  return first && others.reduce(common, first);
}

function largest(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 || known.length < numbers.length ? undefined : Math.max(...known);
}

function smallest(numbers: readonly unknown[]): number | undefined {
  const known = numbers.filter((number) => typeof number === 'number');
  return known.length === 0 ? undefined : Math.min(...known);
}

const MOST_INT32 = 2 ** 31 - 1;

function isWithin32Bits({ minimum, maximum }: Node): boolean {
  return (
    typeof minimum === 'number' && typeof maximum === 'number' && minimum >= -MOST_INT32 - 1 && maximum <= MOST_INT32
  );
}
