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

/** A generated object. All of its values are derived from its seed. */
interface Mock {
  readonly type: string;
  readonly seed: string;
  /** The id argument that it was requested by, or a generated id. Undefined for types without an id. */
  readonly id: unknown;
  /** The `first` argument of its field. A connection passes it to its edges. */
  readonly first: number | undefined;
}

type Args = Readonly<Record<string, unknown>>;

const DEFAULT_ITEMS = 3;
const MAX_ITEMS = 100;
/** One in this many nullable values is null, so that a frontend is exercised with nulls. */
const NULL_ONE_IN = 8;

/**
 * Resolvers that generate realistic values from the names and types of a schema's fields. The values are the same in every run. A field
 * with an `id` argument returns an object with that id, and one with `ids` returns an object per id. The same id always has the same
 * values.
 */
export function mockResolvers(schema: GraphQLSchema): ResolverMap {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const objects = types.filter(isObjectType).map((type) => [type.name, resolversOf(schema, type)]);
  const abstract = types.filter(isAbstractType).map(({ name }) => [name, { __resolveType: ({ type }: Mock) => type }]);
  return Object.fromEntries([...objects, ...abstract]);
}

function resolversOf(schema: GraphQLSchema, type: GraphQLObjectType) {
  const fields = type.getFields();
  // Money fields must agree with each other, so they are derived from one amount.
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

  function valueAt(outputType: GraphQLOutputType, at: string, ownId?: unknown): unknown {
    const nullable = getNullableType(outputType);
    if (isListType(nullable)) {
      if (Array.isArray(ids)) return ids.map((each, index) => valueAt(nullable.ofType, `${at}[${index}]`, each));
      const most = Math.min(MAX_ITEMS, mostOf(declared) ?? MAX_ITEMS);
      const items = Array.from({ length: Math.min(most, first ?? DEFAULT_ITEMS) }, (_, index) => `${at}[${index}]`);
      return items.map((item) => valueAt(nullable.ofType, item));
    }
    if (isCompositeType(nullable)) return objectAt(schema, nullable, at, ownId, first);
    if (!isNonNullType(outputType) && numberOf(`${at} null`, NULL_ONE_IN) === 0) return null;
    if (isEnumType(nullable)) {
      const values = nullable.getValues();
      return values[numberOf(at, values.length)]?.value;
    }
    // A field `productId` next to `product` holds the id of that product.
    const other = nullable.name === 'ID' && name.endsWith('Id') ? siblings[name.slice(0, -2)] : undefined;
    if (other) return idAt(getNamedType(other.type).name, `${owner.seed}.${other.name}`);
    return scalarValue(nullable.name, name, owner.type, at);
  }

  return valueAt(type, seed, id);
}

/** The object at a position in the response. Objects with an id are seeded by the id only. */
function objectAt(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  at: string,
  given: unknown,
  first: number | undefined,
): Mock | null {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const chosen = possible[numberOf(given === undefined ? at : String(given), Math.max(1, possible.length))];
  if (!chosen) return null;
  const id = given ?? (chosen.getFields()['id'] ? idAt(chosen.name, at) : undefined);
  return { type: chosen.name, seed: id === undefined ? at : `${chosen.name} ${id}`, id, first };
}

const idAt = (type: string, at: string) => scalarValue('ID', 'id', type, `${at}.id`);

function mostOf(declared: GraphQLField<unknown, unknown>['args']): number | undefined {
  const argument = declared.find(({ name }) => name === 'first');
  return argument && rangeOf(argument)?.max;
}
