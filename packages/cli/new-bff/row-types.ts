import type { Node } from '../impact/document.ts';
import { expanded } from '../impact/narrowing.ts';
import {
  camelCase,
  type EnumType,
  type Field,
  isGraphQLName,
  type ObjectType,
  RESERVED_TYPES,
  type RowType,
  upperFirst,
} from './model.ts';
import { textOf } from './operations.ts';
import { type ListShape, type ObjectShape, type Shape, shapeOf } from './shape.ts';

/** A service's document, and the types that its rest.generated.ts exports. */
export interface ServiceTypes {
  readonly service: string;
  readonly document: Node;
  readonly exports: ReadonlySet<string>;
}

/** A schema that becomes an object type. */
interface Source {
  readonly of: ServiceTypes;
  readonly schema: unknown;
  /** Name of the type if the schema has none in the document. */
  readonly fallback: string;
  /** The TypeScript type if the schema has none in rest.generated.ts. */
  readonly row: RowType;
}

/** A type whose fields are not derived yet. */
interface Pending {
  readonly name: string;
  readonly source: Source;
  readonly shape: ObjectShape;
}

/**
 * The GraphQL types of rows. Schemas of the same name and content are one type; otherwise a type that comes later is prefixed with its
 * service's name.
 */
export class RowTypes {
  readonly #hasDateTime: boolean;
  readonly #names = new Map<string, string>();
  readonly #taken = new Map<string, string>(RESERVED_TYPES.map((name) => [name, 'reserved']));
  readonly #rowKeys = new Map<string, Set<string>>();
  readonly #pending: Pending[] = [];
  readonly enums: EnumType[] = [];
  readonly leftOut: string[] = [];

  constructor({ hasDateTime }: { readonly hasDateTime: boolean }) {
    this.#hasDateTime = hasDateTime;
  }

  /** The type of an endpoint's rows; a string that says what the schema is if it has none. */
  ofRow(source: Source, rowKey: string): { readonly name: string } | { readonly reason: string } {
    const shape = shapeOf(source.of.document, source.schema);
    if (shape.kind !== 'object') return { reason: shape.kind === 'inexpressible' ? shape.reason : 'not an object' };
    const name = this.#define(source, shape);
    const keys = this.#rowKeys.get(name) ?? new Set();
    this.#rowKeys.set(name, keys.add(rowKey));
    return { name };
  }

  /** All types with their fields. Call it after `ofRow` for all endpoints. */
  complete(): ObjectType[] {
    const types: ObjectType[] = [];
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) types.push(this.#complete(next));
    return types;
  }

  #define(source: Source, shape: ObjectShape): string {
    const { of, schema, fallback } = source;
    const { component } = shape;
    const content = JSON.stringify(expanded(of.document, schema));
    const identity = `${of.service} ${component ?? ''} ${content}`;
    const known = this.#names.get(identity);
    if (known !== undefined) return known;
    const name = this.#nameFor(of.service, nameOf(component) ?? fallback, content);
    if (!this.#taken.has(name)) this.#pending.push({ name, source, shape });
    this.#taken.set(name, content);
    this.#names.set(identity, name);
    return name;
  }

  /** The name, if it is free or stands for the same content. */
  #nameFor(service: string, name: string, content: string): string {
    const isUsable = (candidate: string) => [undefined, content].includes(this.#taken.get(candidate));
    const prefixed = upperFirst(camelCase(service)) + name;
    const numbered = Array.from({ length: this.#taken.size + 1 }, (_, index) => `${prefixed}${index + 2}`);
    return [name, prefixed, ...numbered].find(isUsable) ?? prefixed;
  }

  #complete({ name, source, shape }: Pending): ObjectType {
    const { service, exports } = source.of;
    const exported = shape.component === undefined ? undefined : exportOf(shape.component, exports);
    const row: RowType = exported === undefined ? source.row : { of: 'component', service, name: exported };
    const fields = [...shape.properties].flatMap(([property, schema]) => {
      const field = this.#field(name, source, shape, property, schema);
      if (typeof field !== 'string') return [field];
      this.leftOut.push(`${name}.${property}: ${field}.`);
      return [];
    });
    return { name, description: textOf(shape.description), row, fields: withMoney(fields) };
  }

  /** The field of a property, or why there is none. */
  #field(parent: string, { of }: Source, { required }: ObjectShape, property: string, schema: unknown): Field | string {
    if (!isGraphQLName(property)) return 'its name is not valid in GraphQL';
    if (Object(schema)['writeOnly'] === true) return 'it is write-only';
    const shape = shapeOf(of.document, schema);
    const isRequired = required.has(property) && !shape.isNullable;
    const isKey = property === 'id' || /(Id|_id)$/.test(property) || this.#rowKeys.get(parent)?.has(property) === true;
    const at = { of, parent, property, isKey };
    const inner = shape.kind === 'list' ? this.#list(at, shape) : this.#named(at, schema, shape, false);
    if (typeof inner === 'string') return inner;
    const description = textOf(Object(schema)['description']);
    const type = isRequired ? `${inner.type}!` : inner.type;
    return { kind: 'property', name: property, description, isList: shape.kind === 'list', ...inner, type };
  }

  #list(at: At, { items, maxItems }: ListShape): Named | string {
    if (maxItems === undefined) return 'the document has no maxItems for the array';
    const shape = shapeOf(at.of.document, items);
    if (shape.kind === 'list') return 'an array of arrays has no bound';
    const inner = this.#named(at, items, shape, true);
    return typeof inner === 'string' ? inner : { ...inner, type: `[${inner.type}${shape.isNullable ? '' : '!'}]` };
  }

  /** The type of a value that is not a list. */
  #named({ of, parent, property, isKey }: At, schema: unknown, shape: Shape, isList: boolean): Named | string {
    if (shape.kind === 'inexpressible') return `${shape.reason} has no GraphQL type`;
    if (shape.kind === 'list') return 'an array of arrays has no bound';
    const fallback = parent + upperFirst(camelCase(isList ? singular(property) : property));
    if (shape.kind === 'object') {
      const name = this.#define({ of, schema, fallback, row: { of: 'property', parent, property, isList } }, shape);
      return { type: name, named: name, isLeaf: false, example: undefined };
    }
    const { scalar, values, component, example } = shape;
    const isId = isKey && (scalar === 'String' || scalar === 'Int' || scalar === 'Float');
    if (values !== undefined && !isId) return leaf(this.#enum(of, nameOf(component) ?? fallback, values), example);
    if (isId) return leaf('ID', example === 'text' ? '1' : example);
    return leaf(scalar === 'DateTime' && !this.#hasDateTime ? 'String' : scalar, example);
  }

  #enum({ service }: ServiceTypes, wanted: string, values: readonly string[]): string {
    const content = JSON.stringify(values);
    const name = this.#nameFor(service, wanted, content);
    if (!this.#taken.has(name)) this.enums.push({ name, values: [...new Set(values)] });
    this.#taken.set(name, content);
    return name;
  }
}

/** Where a property is. */
interface At {
  readonly of: ServiceTypes;
  readonly parent: string;
  readonly property: string;
  readonly isKey: boolean;
}

interface Named {
  readonly type: string;
  readonly named: string;
  readonly isLeaf: boolean;
  readonly example: unknown;
}

const leaf = (name: string, example: unknown): Named => ({ type: name, named: name, isLeaf: true, example });

/** Replaces each required `xxxCents` beside a required `currency` by a field of the type Money. */
function withMoney(fields: readonly Field[]): Field[] {
  const isIn = (name: string) => fields.some((field) => field.name === name);
  const currency = fields.find((field) => field.name === 'currency');
  if (currency?.kind !== 'property' || currency.type !== 'String!') return [...fields];
  const replaced = fields.map((field): Field => {
    const name = field.kind === 'property' && ['Int!', 'Float!'].includes(field.type) ? amountIn(field.name) : '';
    return name === '' || isIn(name) ? field : { kind: 'money', name, cents: field.name, currency: 'currency' };
  });
  const hasMoney = replaced.some(({ kind }) => kind === 'money');
  return hasMoney ? replaced.filter((field) => field !== currency) : replaced;
}

/** `total` for `totalCents` or `total_cents`; empty for other names. */
function amountIn(property: string): string {
  const suffix = ['_cents', 'Cents'].find((end) => property.endsWith(end));
  return suffix === undefined ? '' : property.slice(0, -suffix.length);
}

/** The name of a component as a GraphQL type. */
function nameOf(component: string | undefined): string | undefined {
  if (component === undefined) return undefined;
  const name = upperFirst(isGraphQLName(component) ? component : camelCase(component));
  return isGraphQLName(name) ? name : undefined;
}

/** The type that rest.generated.ts exports for a component: openapi-typescript changes its case. */
function exportOf(component: string, exports: ReadonlySet<string>): string | undefined {
  if (exports.has(component)) return component;
  const plain = (name: string) => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  const same = [...exports].filter((name) => plain(name) === plain(component));
  return same.length === 1 ? same[0] : undefined;
}

/** The singular of a plural English name, by its ending. */
export function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (['ches', 'shes', 'sses', 'xes'].some((end) => name.endsWith(end))) return name.slice(0, -2);
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}
