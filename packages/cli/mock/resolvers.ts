import type { Context } from '@facet/server/internal/graphql/context.ts';
import { rangeOf } from '@facet/server/internal/graphql/execution/argument-check.ts';
import { moneyOf } from '@facet/server/internal/graphql/fields/money.ts';
import { resolver } from '@facet/server/internal/graphql/fields.ts';
import type { ResolverMap } from '@facet/server/internal/graphql/schema.ts';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { cents, numberOf, scalarValue } from './values.ts';

/** An object that no service has: all that it says follows from its seed. */
interface Mock {
  readonly type: string;
  readonly seed: string;
  /** Its own, or the one that it was asked for by. */
  readonly id: unknown;
  /** How many of a list its field was asked for; a connection hands it on to its edges. */
  readonly first: number | undefined;
}

type Args = Readonly<Record<string, unknown>>;

const DEFAULT_ITEMS = 3;
const MOST_ITEMS = 100;
/** One in so many nullable values is null, so that a page shows what it makes of that. */
const NULL_ONE_IN = 8;

/**
 * Resolvers for every field of a schema that need no service: believable values by the names and types of the fields,
 * the same at every run. What is asked for by an `id` has that id, what is asked for by `ids` is one each, and an object with an
 * id is the same on every page.
 */
export function mockResolvers(schema: GraphQLSchema): ResolverMap {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const objects = types.filter(isObjectType).map((type) => [type.name, resolversOf(schema, type)]);
  const abstract = types.filter(isAbstractType).map(({ name }) => [name, { __resolveType: ({ type }: Mock) => type }]);
  return Object.fromEntries([...objects, ...abstract]);
}

function resolversOf(schema: GraphQLSchema, type: GraphQLObjectType) {
  const fields = type.getFields();
  // Amount, currency and the formatted text have to say the same.
  const shape = Object.values(fields).map(({ name, type: of }) => `${name}: ${getNullableType(of)}`);
  const isMoney = shape.sort().join() === 'amount: Float,currency: String,formatted: String';
  const root: Mock = { type: type.name, seed: type.name, id: undefined, first: undefined };
  return Object.fromEntries(
    Object.values(fields).map((field) => [
      field.name,
      resolver({}, (parent: Mock | undefined, args: Args, { request: { locale } }: Context) => {
        const owner = parent ?? root;
        return isMoney
          ? moneyOf(cents(owner.seed), 'USD', locale)[field.name as 'amount']
          : mockOf(schema, fields, field, owner, args);
      }),
    ]),
  );
}

function mockOf(
  schema: GraphQLSchema,
  siblings: Readonly<Record<string, GraphQLField<unknown, unknown>>>,
  { name, type, args: declared }: GraphQLField<unknown, unknown>,
  owner: Mock,
  args: Args,
): unknown {
  if (name === 'id' && owner.id !== undefined) return owner.id;
  const { id, ids } = args;
  const isOfConnection = owner.type.endsWith('Connection');
  const first = typeof args['first'] === 'number' ? args['first'] : isOfConnection ? owner.first : undefined;
  const seed = id === undefined ? `${owner.seed}.${name}` : `${name} ${id}`;

  function valueAt(wanted: GraphQLOutputType, at: string, ownId?: unknown): unknown {
    const nullable = getNullableType(wanted);
    if (isListType(nullable)) {
      if (Array.isArray(ids)) return ids.map((each, index) => valueAt(nullable.ofType, `${at}[${index}]`, each));
      const most = Math.min(MOST_ITEMS, mostOf(declared) ?? MOST_ITEMS);
      const items = Array.from({ length: Math.min(most, first ?? DEFAULT_ITEMS) }, (_, index) => `${at}[${index}]`);
      return items.map((item) => valueAt(nullable.ofType, item));
    }
    if (isCompositeType(nullable)) return objectAt(schema, nullable, at, ownId, first);
    if (!isNonNullType(wanted) && numberOf(`${at} null`, NULL_ONE_IN) === 0) return null;
    if (isEnumType(nullable)) {
      const values = nullable.getValues();
      return values[numberOf(at, values.length)]?.value;
    }
    // `productId` beside `product` is the id of that product.
    const other = nullable.name === 'ID' && name.endsWith('Id') ? siblings[name.slice(0, -2)] : undefined;
    if (other) return idAt(getNamedType(other.type).name, `${owner.seed}.${other.name}`);
    return scalarValue(nullable.name, name, owner.type, at);
  }

  return valueAt(type, seed, id);
}

/** The object at a place; one with an id is the same wherever that id is. */
function objectAt(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  at: string,
  given: unknown,
  first: number | undefined,
): Mock | null {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const one = possible[numberOf(given === undefined ? at : String(given), Math.max(1, possible.length))];
  if (!one) return null;
  const id = given ?? (one.getFields()['id'] ? idAt(one.name, at) : undefined);
  return { type: one.name, seed: id === undefined ? at : `${one.name} ${id}`, id, first };
}

const idAt = (type: string, at: string) => scalarValue('ID', 'id', type, `${at}.id`);

function mostOf(declared: GraphQLField<unknown, unknown>['args']): number | undefined {
  const argument = declared.find(({ name }) => name === 'first');
  return argument && rangeOf(argument)?.max;
}
