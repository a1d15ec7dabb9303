import { conjunctsOf, dig, type Node, resolvedSchema } from '../impact/document.ts';
import { isGraphQLName } from './model.ts';

/** A schema of an OpenAPI document, as far as GraphQL can express it. */
export type Shape = (Leaf | ObjectShape | ListShape | Inexpressible) & { readonly isNullable: boolean };

/** A scalar, or an enum with values. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly scalar: 'String' | 'Int' | 'Float' | 'Boolean' | 'DateTime';
  /** The values of an enum, if all of them are valid in GraphQL. */
  readonly values: readonly string[] | undefined;
  /** Name in components.schemas. */
  readonly component: string | undefined;
  /** A value that the document gives: its const, example or default. */
  readonly given: unknown;
  /** The given value, or another one that the document allows. */
  readonly example: unknown;
  readonly bounds: { readonly minimum: unknown; readonly maximum: unknown };
}

/** An object with listed properties. */
export interface ObjectShape {
  readonly kind: 'object';
  readonly component: string | undefined;
  readonly description: string | undefined;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
}

/** An array. */
export interface ListShape {
  readonly kind: 'list';
  readonly items: unknown;
  readonly maxItems: number | undefined;
}

/** A schema without a GraphQL type. */
export interface Inexpressible {
  readonly kind: 'inexpressible';
  /** What it is, such as "a map". */
  readonly reason: string;
}

/** The shape of a schema. References are resolved; an allOf is one object; an anyOf or oneOf with null is nullable. */
export function shapeOf(document: Node, schema: unknown): Shape {
  const { schema: only, isNullable } = withoutNull(document, schema);
  const parts = conjunctsOf(document, only);
  const types = new Set(parts.flatMap(({ type }) => type ?? []).map(String));
  const nullable = isNullable || types.delete('null') || parts.some((part) => part['nullable'] === true);
  return { ...bareShape(document, only, parts, [...types]), isNullable: nullable };
}

function bareShape(document: Node, schema: unknown, parts: readonly Node[], types: readonly string[]) {
  const first = (keyword: string) => parts.map((part) => part[keyword]).find((value) => value !== undefined);
  const variant = ['oneOf', 'anyOf'].find((keyword) => first(keyword) !== undefined);
  if (variant !== undefined) return inexpressible(`one of several types (${variant})`);
  const isObject = types.includes('object') || first('properties') !== undefined;
  if (types.length > 1) return inexpressible(`one of several types (${types.join(', ')})`);
  if (isObject) return objectShape(document, schema, parts);
  const [type] = types;
  if (type === 'array') {
    const bounds = parts.map(({ maxItems }) => maxItems).filter((bound) => typeof bound === 'number');
    const items = first('items');
    if (items === undefined) return inexpressible('an array of any values');
    const maxItems = bounds.length === 0 ? undefined : Math.min(...bounds);
    return { kind: 'list', items, maxItems } as const;
  }
  return leafOf(document, schema, parts, type);
}

function objectShape(document: Node, schema: unknown, parts: readonly Node[]): ObjectShape | Inexpressible {
  const properties = new Map(parts.flatMap((part) => Object.entries(Object(part['properties']))));
  if (properties.size === 0) {
    const isMap = parts.some(({ additionalProperties: others }) => others !== undefined && others !== false);
    return inexpressible(isMap ? 'a map' : 'an object without listed properties');
  }
  const required = new Set(parts.flatMap((part) => part['required'] ?? []).map(String));
  const description = parts.map((part) => part['description']).find((text) => typeof text === 'string');
  return { kind: 'object', component: componentOf(document, schema), description, properties, required };
}

function leafOf(
  document: Node,
  schema: unknown,
  parts: readonly Node[],
  type: string | undefined,
): Leaf | Inexpressible {
  const first = (keyword: string) => parts.map((part) => part[keyword]).find((value) => value !== undefined);
  const scalar = type === undefined ? undefined : scalarOf(type, first);
  if (scalar === undefined) return inexpressible(type === undefined ? 'any value' : `of the type ${type}`);
  const listed = parts.flatMap((part) => (Array.isArray(part['enum']) ? [part['enum']] : []))[0];
  const values = listed?.filter((value) => value !== null).map(String);
  const isEnum = type === 'string' && values !== undefined && values.length > 0 && values.every(isEnumValue);
  const given = givenBy(first);
  return {
    kind: 'leaf',
    scalar,
    values: isEnum ? values : undefined,
    component: isEnum ? componentOf(document, schema) : undefined,
    given,
    example: given ?? values?.[0] ?? anyValue(scalar, first),
    bounds: { minimum: first('minimum'), maximum: first('maximum') },
  };
}

const isEnumValue = (value: string): boolean => isGraphQLName(value) && !['true', 'false', 'null'].includes(value);

const MAX_INT = 2 ** 31 - 1;

/** The first value of a keyword in the parts of a schema. */
type First = (keyword: string) => unknown;

function scalarOf(type: string, first: First): Leaf['scalar'] | undefined {
  if (type === 'string') return first('format') === 'date-time' ? 'DateTime' : 'String';
  if (type === 'boolean') return 'Boolean';
  if (type === 'number') return 'Float';
  if (type !== 'integer') return undefined;
  const isLarge = first('format') === 'int64' || Number(first('maximum') ?? 0) > MAX_INT;
  return isLarge ? 'Float' : 'Int';
}

function givenBy(first: First): unknown {
  const examples = Object(first('examples'));
  const values = [
    first('const'),
    first('example'),
    Array.isArray(examples) ? examples[0] : undefined,
    first('default'),
  ];
  return values.find((value) => value !== undefined && value !== null && typeof value !== 'object');
}

function anyValue(scalar: Leaf['scalar'], first: First): unknown {
  switch (scalar) {
    case 'String':
      return 'text';
    case 'DateTime':
      return '2026-01-31T12:00:00Z';
    case 'Boolean':
      return true;
    default: {
      const least = Number(first('minimum') ?? 1);
      return Math.min(Math.max(1, least), Number(first('maximum') ?? Number.POSITIVE_INFINITY));
    }
  }
}

const inexpressible = (reason: string): Inexpressible => ({ kind: 'inexpressible', reason });

/** The only variant besides null of an anyOf or oneOf, and otherwise the schema itself. */
function withoutNull(document: Node, schema: unknown): { readonly schema: unknown; readonly isNullable: boolean } {
  const node = resolvedSchema(document, schema);
  const variants = Object.values(Object(node['oneOf'] ?? node['anyOf']));
  const isNull = (variant: unknown) => resolvedSchema(document, variant)['type'] === 'null';
  const others = variants.filter((variant) => !isNull(variant));
  const [only] = others;
  if (others.length !== 1 || node['properties'] !== undefined) return { schema, isNullable: false };
  return { schema: only, isNullable: others.length < variants.length };
}

/** Name in components.schemas of a schema that is a reference, or an allOf of nothing but one. */
function componentOf(document: Node, schema: unknown): string | undefined {
  const { $ref, allOf } = Object(schema);
  if (typeof $ref === 'string') {
    const target = dig(document, document, ...pointer($ref));
    // A component may itself be a reference to another one.
    const raw: unknown = pointer($ref).reduce<unknown>((at, name) => Object(at)[name], document);
    const inner = typeof Object(raw)['$ref'] === 'string' ? componentOf(document, raw) : undefined;
    return inner ?? (target && $ref.startsWith('#/components/schemas/') ? pointer($ref).at(-1) : undefined);
  }
  const parts = Object.values(Object(allOf));
  return parts.length === 1 && Object(schema)['properties'] === undefined ? componentOf(document, parts[0]) : undefined;
}

const pointer = (reference: string): string[] =>
  reference
    .split('/')
    .slice(1)
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
