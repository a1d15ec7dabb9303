import { resolver } from '@facet/server/internal/graphql/fields.ts';
import { withPlan } from '@facet/server/internal/graphql/plan.ts';
import { buildSchema, type ResolverMap } from '@facet/server/internal/graphql/schema.ts';
import { ServiceTimeoutError } from '@facet/server/internal/request/errors.ts';
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** Random choices that depend on a seed alone. */
export class Choices {
  #state: number;

  constructor(seed: string) {
    this.#state = 2_166_136_261;
    for (const character of seed) this.#state = Math.imul(this.#state ^ character.charCodeAt(0), 16_777_619);
  }

  /** A whole number from 0, below the bound (mulberry32). */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }
}

const LEAVES = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Color', 'Anything'];
const OBJECTS = ['A', 'B', 'C'];
const INPUTS = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Color', 'Anything', 'Inner', 'Outer'];

/** A random schema with resolvers of every kind: input objects, defaults, custom scalars, abstract types, nested lists. */
export function randomSchema(seed: string): GraphQLSchema {
  const choices = new Choices(seed);
  const wrapped = (name: string): string => {
    const item = choices.oneIn(3) ? `${name}!` : name;
    const list = choices.oneIn(4) ? (choices.oneIn(4) ? `[[${item}]]` : `[${item}]`) : item;
    return choices.oneIn(4) && !list.endsWith('!') ? `${list}!` : list;
  };
  const argument = (name: string) => {
    const type = choices.pick(INPUTS);
    const form = choices.below(4);
    if (form === 0) return `${name}: [${type}]`;
    if (form === 1) return `${name}: ${type} = ${DEFAULTS[type]}`;
    return `${name}: ${type}`;
  };
  const field = (name: string): string => {
    // What a resolver got can be seen where its field is text.
    if (choices.oneIn(3)) return `${name}(${argument('x')}, ${argument('y')}): String${choices.oneIn(4) ? '!' : ''}`;
    return `${name}: ${wrapped(choices.pick(choices.oneIn(2) ? LEAVES : [...OBJECTS, ...OBJECTS, 'Some', 'Any']))}`;
  };
  const fields = () => ['a', 'b', 'c', 'd', 'e'].map((name) => field(name)).join('\n');
  const sdl = `
    scalar Anything
    enum Color { red green blue }
    input Inner { i: Int = 3  s: String  c: Color = red  list: [Int!] }
    input Outer { inner: Inner  inners: [Inner!]  any: Anything  f: Float = 1.5  outer: Outer }
    interface Some { id: ID  shared: String }
    union Any = A | B
    type Query { ${fields()} }
    ${OBJECTS.map((name) => `type ${name} implements Some { id: ID shared: String ${fields()} }`).join('\n')}`;
  return withResolvers(sdl, seed);
}

const DEFAULTS: Readonly<Record<string, string>> = {
  Int: '7',
  Float: '0.5',
  String: '"text"',
  Boolean: 'true',
  ID: '"id"',
  Color: 'green',
  Anything: '{k: [1, "two"]}',
  Inner: '{s: "s"}',
  Outer: '{inner: {i: 9}}',
};

function withResolvers(sdl: string, seed: string): GraphQLSchema {
  const resolveType = { __resolveType: ({ __typename }: { readonly __typename: string }) => __typename };
  const bare = buildSchema(sdl, { Some: resolveType, Any: resolveType });
  const resolvers: Record<string, Record<string, unknown>> = { Some: resolveType, Any: resolveType };
  const hasHandWritten = new Choices(`${seed} by hand`).oneIn(3);
  for (const name of ['Query', ...OBJECTS]) {
    const type = bare.getType(name);
    if (!isObjectType(type)) continue;
    const own: Record<string, unknown> = {};
    for (const { name: field, type: result, args } of Object.values(type.getFields())) {
      const choices = new Choices(`${seed} ${name}.${field}`);
      const kind = name === 'Query' || args.length > 0 ? choices.below(3) : choices.below(6);
      if (kind > 2) continue;
      const isByHand = kind === 0 && hasHandWritten;
      const resolve = (_parent: unknown, all: Readonly<Record<string, unknown>>) => {
        // Arguments have no order: fields made of data read them by name.
        const given = Object.fromEntries(Object.entries(all).sort());
        const what = `${seed} ${name}.${field} ${JSON.stringify(given)}`;
        const random = new Choices(what);
        const value = outcome(random, bare, result, given);
        return isByHand ? byHand(random, value) : value;
      };
      own[field] = isByHand ? resolver({}, resolve) : withPlan({ reads: [], calls: [] }, resolve);
    }
    resolvers[name] = own;
  }
  return buildSchema(sdl, resolvers as ResolverMap);
}

/** What a resolver gives: a value, a promise of it, or an error. */
function outcome(choices: Choices, schema: GraphQLSchema, type: GraphQLOutputType, given: unknown): unknown {
  const rarity = choices.pick([8, 30]);
  if (choices.oneIn(rarity)) throw new ServiceTimeoutError('members', 1);
  if (choices.oneIn(rarity)) return Promise.reject(new ServiceTimeoutError('loans', 1));
  const named = getNullableType(type);
  const isText = 'name' in named && ['String', 'Anything'].includes(named.name);
  const value = isText ? JSON.stringify(given) : randomValue(choices, schema, type, 0);
  return choices.oneIn(3) ? Promise.resolve(value) : value;
}

/** What only a resolver written by hand gives: promises and methods anywhere in its value. */
function byHand(choices: Choices, value: unknown): unknown {
  if (value instanceof Promise) return value.then((inner) => byHand(choices, inner));
  if (choices.oneIn(10)) return Promise.resolve(value);
  if (Array.isArray(value)) return value.map((item) => byHand(choices, item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    choices.oneIn(3) ? () => inner : byHand(choices, inner),
  ]);
  return { ...Object.fromEntries(entries), __typename: Reflect.get(value, '__typename') };
}

/** A value of a service for a type: mostly right, at times null, at times of a wrong kind. */
function randomValue(choices: Choices, schema: GraphQLSchema, type: GraphQLOutputType, depth: number): unknown {
  if (isNonNullType(type)) return choices.oneIn(40) ? null : randomValue(choices, schema, type.ofType, depth);
  if (choices.oneIn(15)) return null;
  if (choices.oneIn(60)) return choices.pick<unknown>(['text', 7.5, {}, [], -1, true]);
  if (isListType(type))
    return Array.from({ length: choices.below(4) }, () => randomValue(choices, schema, type.ofType, depth));
  if (isAbstractType(type)) return randomRow(choices, schema, choices.pick(schema.getPossibleTypes(type)), depth);
  if (isObjectType(type)) return randomRow(choices, schema, type, depth);
  if (isEnumType(type)) return choices.pick(['red', 'green', 'blue']);
  return { Int: 3, Float: 2.5, String: 's', Boolean: false, ID: 'id', Anything: { any: [1, null] } }[type.name];
}

/** A row has what fields without a resolver read, as far down as documents go. */
function randomRow(choices: Choices, schema: GraphQLSchema, type: GraphQLObjectType, depth: number): unknown {
  const row: Record<string, unknown> = choices.oneIn(30) ? {} : { __typename: type.name };
  if (depth > MAX_DEPTH) return row;
  for (const field of Object.values(type.getFields())) {
    const isLeaf = !isCompositeType(getNamedType(field.type));
    if (isLeaf || choices.oneIn(depth + 1)) row[field.name] = randomValue(choices, schema, field.type, depth + 1);
  }
  return row;
}

export interface RandomOperation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const MAX_DEPTH = 4;
const FEATURES = [
  'nothing',
  'conditions',
  'repeated fields',
  'fragments',
  'abstract types',
  'input objects',
  'underscores',
] as const;
type Feature = (typeof FEATURES)[number];
const REPEATING: readonly Feature[] = ['repeated fields', 'fragments', 'conditions'];

/** A random operation with fragments, repeated fields, conditions, and variables at every depth of its arguments. */
export function randomOperation(schema: GraphQLSchema, seed: string): RandomOperation {
  return new Writer(schema, new Choices(seed)).write();
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #choices: Choices;
  readonly #declared = new Map<string, string>();
  readonly #values: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #aliases = 0;
  readonly #features: ReadonlySet<Feature>;

  constructor(schema: GraphQLSchema, choices: Choices) {
    this.#schema = schema;
    this.#choices = choices;
    // Most operations have one feature, so that a difference points to it.
    this.#features = new Set(choices.oneIn(3) ? FEATURES.filter(() => choices.oneIn(2)) : [choices.pick(FEATURES)]);
  }

  write(): RandomOperation {
    const root = this.#schema.getQueryType();
    if (!root) throw new Error('There is no query type.');
    const body = this.#selection(root, 0);
    const header = [...this.#declared].map(([name, type]) => `$${name}: ${type}`).join(', ');
    return {
      text: `query${header === '' ? '' : `(${header})`} ${body} ${this.#fragments.join(' ')}`,
      variables: this.#values,
    };
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    const parts = Array.from({ length: 1 + this.#choices.below(4) }, () => this.#part(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLNamedType, depth: number): string {
    const choices = this.#choices;
    if (choices.oneIn(10)) return '__typename';
    if (isAbstractType(type)) {
      const possible = choices.pick(this.#schema.getPossibleTypes(type));
      return `... on ${possible.name} ${this.#selection(possible, depth + 1)}`;
    }
    if (!isObjectType(type)) return '__typename';
    if (this.#features.has('fragments') && choices.oneIn(5)) {
      const inside = this.#selection(type, depth + 1);
      if (choices.oneIn(2)) return `... on ${type.name} ${this.#condition()} ${inside}`;
      const name = `F${this.#fragments.length}`;
      this.#fragments.push(`fragment ${name} on ${type.name} ${inside}`);
      return `...${name} ${this.#condition()}`;
    }
    const fields = Object.values(type.getFields());
    const abstract = fields.filter(
      (each) => this.#features.has('abstract types') && isAbstractType(getNamedType(each.type)),
    );
    const field = choices.pick(abstract.length > 0 && choices.oneIn(2) ? abstract : fields);
    const named = getNamedType(field.type);
    if (isAbstractType(named) && !this.#features.has('abstract types')) return '__typename';
    if (isCompositeType(named) && depth >= MAX_DEPTH) return '__typename';
    const args = field.args.flatMap((arg) => this.#argument(arg));
    const prefix = this.#features.has('underscores') ? choices.pick(['p', 'b_a', 'a_p']) : 'p';
    this.#aliases += 1;
    const isOnce = !REPEATING.some((feature) => this.#features.has(feature));
    const alias = args.length > 0 || isOnce || choices.oneIn(4) ? `${prefix}${this.#aliases}: ` : '';
    const below = isCompositeType(named) ? this.#selection(named, depth + 1) : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${this.#condition()} ${below}`;
  }

  #argument({ name, type }: GraphQLArgument): string[] {
    if (this.#choices.oneIn(3)) return [];
    if (!this.#features.has('input objects') && isInputObjectType(getNamedType(type))) return [];
    return [`${name}: ${this.#input(type, 0)}`];
  }

  #input(type: GraphQLInputType, depth: number): string {
    const choices = this.#choices;
    if (choices.oneIn(3)) return `$${this.#variable(type)}`;
    if (isNonNullType(type)) return this.#input(type.ofType, depth);
    if (choices.oneIn(8)) return 'null';
    if (isListType(type))
      return `[${Array.from({ length: choices.below(3) }, () => this.#input(type.ofType, depth)).join(', ')}]`;
    if (!isInputObjectType(type)) return DEFAULTS[type.name] ?? 'null';
    const fields = Object.values(type.getFields()).filter(() => depth < 2 && choices.oneIn(2));
    return `{${fields.map((field) => `${field.name}: ${this.#input(field.type, depth + 1)}`).join(', ')}}`;
  }

  #variable(type: GraphQLInputType): string {
    const name = `v${this.#declared.size}`;
    this.#declared.set(name, `${type}`);
    if (isNonNullType(type) || !this.#choices.oneIn(2)) this.#values[name] = this.#json(type, 0);
    return name;
  }

  #json(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#json(type.ofType, depth) ?? 1;
    if (this.#choices.oneIn(6)) return null;
    if (isListType(type)) return [this.#json(type.ofType, depth)];
    if (!isInputObjectType(type))
      return { Int: 4, Float: 1, String: 'v', Boolean: true, ID: 'i', Color: 'blue', Anything: { z: 1 } }[type.name];
    const fields = Object.values(type.getFields()).filter(() => depth < 2 && this.#choices.oneIn(2));
    return Object.fromEntries(fields.map((field) => [field.name, this.#json(field.type, depth + 1)]));
  }

  #condition(): string {
    const choices = this.#choices;
    if (!this.#features.has('conditions') || !choices.oneIn(3)) return '';
    const isVariable = choices.oneIn(2);
    if (isVariable) this.#declared.set('no', 'Boolean!');
    if (isVariable) this.#values['no'] = false;
    return `@${choices.pick(['skip', 'include'])}(if: ${isVariable ? '$no' : choices.pick(['true', 'false'])})`;
  }
}
