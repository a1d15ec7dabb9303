import { dig, type Node, resolvedSchema, roleOf } from './document.ts';
import { commonTypes, expanded } from './narrowing.ts';

/** The facts that an OpenAPI document states about one value. */
export interface Value {
  /** JSON Schema types without null, sorted. Empty if any type is allowed. */
  readonly types: readonly string[];
  readonly isNullable: boolean;
  /** Whether its object may omit it. */
  readonly isOptional: boolean;
  /** The values of an enum; undefined for other values. */
  readonly values: readonly string[] | undefined;
  readonly format: string | undefined;
  readonly maxItems: number | undefined;
  /** Whether it is an integer that fits into 32 bits according to its format or bounds. */
  readonly isInt32: boolean;
  /** Whether it is in requests only. */
  readonly isWriteOnly: boolean;
  readonly isDeprecated: boolean;
  /** Opaque keywords with their values as JSON. */
  readonly opaque: ReadonlyMap<string, string>;
  /** The items of an array. */
  readonly items: Value | undefined;
}

/**
 * The JSON of an operation's 200 response. A value is identified by its property path: property names joined with dots, '' for the
 * response itself. Items of arrays and values of dictionaries have the path of their array or dictionary.
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

  /** The value at a property path; undefined if there is none. */
  at(property: string): Value | undefined {
    const names = namesOf(property);
    const last = names.pop();
    if (last === undefined) return this.#value(this.#root, false, this.#schema);
    const views = this.#property(this.#objectsAt(names), last);
    if (views.length === 0) return undefined;
    const holder = names.reduce<unknown>((schema, name) => this.#below(schema, name), this.#schema);
    return this.#value(views, !this.#requires(holder, last), this.#below(holder, last));
  }

  /** Names of the properties of the objects at a property path. */
  propertiesAt(property: string): string[] {
    return [
      ...new Set(this.#objectsAt(namesOf(property)).flatMap(({ properties }) => Object.keys(Object(properties)))),
    ];
  }

  /** All property paths. Recursive objects are listed once. */
  allProperties(): string[] {
    const below = (property: string): string[] =>
      this.propertiesAt(property)
        .map((name) => (property === '' ? name : `${property}.${name}`))
        .filter((inner) => this.canonical(inner) === inner)
        .flatMap((inner) => [inner, ...below(inner)]);
    return ['', ...below('')];
  }

  /** The shortest equivalent property path: in a recursive category, `parent.parent.name` becomes `name`. */
  canonical(property: string): string {
    const seen = new Map<Node, string>();
    let here = '';
    for (const name of ['', ...namesOf(property)]) {
      here = here === '' ? name : `${here}.${name}`;
      const [object] = this.#objectsAt(namesOf(here)).filter(({ properties }) => properties);
      if (!object) continue;
      const known = seen.get(object);
      if (known !== undefined) here = known;
      else seen.set(object, here);
    }
    return here;
  }

  /** The schemas of the objects at a property path, including those inside arrays and dictionaries. */
  #objectsAt(names: readonly string[]): Node[] {
    return names.reduce((objects, name) => this.#objects(this.#property(objects, name)), this.#objects(this.#root));
  }

  /**
   * The schema of a property of an object, or of the objects in an array or dictionary. If several schemas describe the property, the
   * result combines them with allOf or anyOf, like those schemas themselves.
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

  /** Whether an object, or each object in an array or dictionary, has the property in all of its variants. */
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

  /** All variants except null. */
  #variants(node: Node, keyword: string): unknown[] {
    const variants = Object.values(Object(node[keyword]));
    return variants.filter((variant) => resolvedSchema(this.#document, variant)['type'] !== 'null');
  }

  /** The types of a value, including null: the intersection of allOf and the union of variants. Undefined for any type. */
  #types(schema: unknown, above: readonly Node[] = []): readonly string[] | undefined {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return undefined;
    const inner = (part: unknown) => this.#types(part, [...above, node]);
    const variants = ['anyOf', 'oneOf'].map((keyword) => anyOf(Object.values(Object(node[keyword])).map(inner)));
    const own = node['type'] === undefined ? undefined : [node['type']].flat().map(String);
    return allOf([own, ...Object.values(Object(node['allOf'])).map(inner), ...variants], commonTypes);
  }

  /** The enum values, combined like types. Variants without an enum are ignored. */
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

  /** A schema and, recursively, its allOf parts and its variants. */
  #views(schema: unknown, above: readonly Node[] = []): Node[] {
    const node = resolvedSchema(this.#document, schema);
    if (above.includes(node)) return [];
    const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => Object.values(Object(node[keyword])));
    return [node, ...parts.flatMap((part) => this.#views(part, [...above, node]))];
  }

  /** Largest length of an array: the maximum of its variants, and the minimum of its allOf parts. */
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
    // Contradictory parts allow no value at all. Report all of their types then.
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

/** The JSON of an operation's successful response; undefined if it has none. */
export function answerOf(document: Node, path: string, method: string): Answer | undefined {
  const response = successOf(document, path, method);
  const schema = response && dig(document, response, 'content', 'application/json')?.['schema'];
  return schema === undefined ? undefined : new Answer(document, schema);
}

/** The response of an operation for status 200: under `200`, `2XX` or `default`. */
export function successOf(document: Node, path: string, method: string): Node | undefined {
  const responses = dig(document, document, 'paths', path, method, 'responses');
  const code = ['200', '2XX', 'default'].find((name) => responses && Object.hasOwn(responses, name));
  return code === undefined ? undefined : dig(document, responses, code);
}

const namesOf = (property: string): string[] => (property === '' ? [] : property.split('.'));

/** The schemas of an array's items and a dictionary's values. */
function heldBy({ items, additionalProperties }: Node): unknown[] {
  return [items, additionalProperties].filter((held) => typeof held === 'object');
}

/** The results of `find` for the allOf parts of a schema, and for its variants combined with anyOf. */
function partsOf({ allOf: parts, ...node }: Node, find: (part: unknown) => unknown): unknown[] {
  const variants = ['anyOf', 'oneOf'].map((keyword) =>
    combined('anyOf', Object.values(Object(node[keyword])).map(find)),
  );
  return [...Object.values(Object(parts)).map(find), ...variants];
}

/** Combines the defined schemas into one. */
function combined(keyword: 'allOf' | 'anyOf', schemas: readonly unknown[]): unknown {
  const known = schemas.filter((schema) => schema !== undefined);
  return known.length > 1 ? { [keyword]: known } : known[0];
}

/** The union of lists. An undefined list stands for any value. */
function anyOf<Item>(lists: readonly (readonly Item[] | undefined)[]): readonly Item[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  return known.length === 0 || known.length < lists.length ? undefined : [...new Set(known.flat())];
}

/** The intersection of lists. An undefined list stands for any value. */
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
