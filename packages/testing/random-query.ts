import type { GeneratorValue } from 'fast-check';
import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
} from 'graphql';

const MAX_DEPTH = 6;
const IDS = ['l_1', 'l_2', 'b_1', 'b_2', 'nothing', ''];

/** The variables that every random query declares, with the values that it is run with. */
export interface RandomQuery {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A random query of a schema: aliases, fragments, conditions and arguments, from whatever the generator says. */
export function randomQuery(schema: GraphQLSchema, g: GeneratorValue): RandomQuery {
  return new QueryWriter(schema, g).write();
}

class QueryWriter {
  readonly #schema: GraphQLSchema;
  readonly #g: GeneratorValue;
  readonly #fragments: string[] = [];
  /** Fields with their arguments, as they were written before, by their type. */
  readonly #written = new Map<string, (readonly [GraphQLField<unknown, unknown>, string])[]>();
  readonly #conditions: boolean;
  #aliases = 0;

  constructor(schema: GraphQLSchema, g: GeneratorValue) {
    this.#schema = schema;
    this.#g = g;
    this.#conditions = this.#chance(3);
  }

  write(): RandomQuery {
    const root = this.#schema.getQueryType();
    if (!root) throw new Error('The schema has no queries.');
    const body = this.#selection(root, 0);
    return {
      text: withVariables(`${body} ${this.#fragments.join(' ')}`),
      variables: { id: this.#pick(IDS), n: this.#pick([1, 2, 5]), m: this.#pick([1, 2, 5]), no: false },
    };
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    const parts = Array.from({ length: this.#pick([1, 2, 3, 4]) }, () => this.#part(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLNamedType, depth: number): string {
    if (this.#chance(10)) return `${this.#alias()}__typename`;
    if (isAbstractType(type)) {
      const [possible] = this.#schema.getPossibleTypes(type).filter(() => this.#chance(2));
      return possible ? `... on ${possible.name} ${this.#selection(possible, depth)}` : '__typename';
    }
    if (!isObjectType(type)) return '__typename';
    if (this.#chance(6)) return `... on ${type.name} ${this.#condition()} ${this.#selection(type, depth + 1)}`;
    if (this.#chance(8)) return this.#spread(type, depth);
    return this.#field(type, depth);
  }

  #spread(type: GraphQLObjectType, depth: number): string {
    const selection = this.#selection(type, depth + 1);
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type.name} ${selection}`);
    return `...${name} ${this.#condition()}`;
  }

  #field(type: GraphQLObjectType, depth: number): string {
    const written = this.#written.get(type.name) ?? [];
    this.#written.set(type.name, written);
    // The same field with the same arguments, under another alias and with other fields below it.
    const known = written.length > 0 && this.#chance(4) ? this.#pick(written) : undefined;
    const field = known?.[0] ?? this.#pick(Object.values(type.getFields()));
    const subtype = getNamedType(field.type);
    if (depth >= MAX_DEPTH && isCompositeType(subtype)) return '__typename';
    const args = known?.[1] ?? this.#args(field);
    written.push([field, args]);
    // Two fields with one name must not differ in their arguments, and lists of them grow fast.
    const alias = args === '' ? this.#alias() : this.#newAlias();
    const below = isCompositeType(subtype) ? this.#selection(subtype, depth + 1) : '';
    return `${alias}${field.name}${args} ${this.#condition()} ${below}`;
  }

  #args(field: GraphQLField<unknown, unknown>): string {
    const args = field.args.flatMap((arg) => {
      const required = isNonNullType(arg.type) && arg.defaultValue === undefined;
      if (!required && this.#chance(2)) return [];
      const named = getNamedType(arg.type).name;
      if (named === 'Int') return [`${arg.name}: ${this.#pick(['1', '3', '$n', '$m'])}`];
      if (named === 'ID') return [`${arg.name}: ${this.#chance(2) ? '$id' : JSON.stringify(this.#pick(IDS))}`];
      return [`${arg.name}: ${this.#chance(4) && !required ? 'null' : '"poetry"'}`];
    });
    return args.length > 0 ? `(${args.join(', ')})` : '';
  }

  #condition(): string {
    if (!this.#conditions || !this.#chance(3)) return '';
    return `@${this.#pick(['skip', 'include'])}(if: ${this.#pick(['$yes', '$no', 'true', 'false'])})`;
  }

  #alias(): string {
    return this.#chance(4) ? this.#newAlias() : '';
  }

  #newAlias(): string {
    this.#aliases += 1;
    return `x${this.#aliases}: `;
  }

  #chance(oneIn: number): boolean {
    return this.#g(fc.nat, { max: oneIn - 1 }) === 0;
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[this.#g(fc.nat, { max: values.length - 1 })];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }
}

/** Declares just the variables that a query uses, as validation wants it. */
function withVariables(text: string): string {
  const declared = { $id: 'ID!', $n: 'Int!', $m: 'Int!', $yes: 'Boolean = true', $no: 'Boolean!' };
  const used = Object.entries(declared).filter(([name]) => text.includes(name));
  const header = used.length > 0 ? `query(${used.map(([name, type]) => `${name}: ${type}`).join(', ')})` : 'query';
  return `${header} ${text}`;
}
