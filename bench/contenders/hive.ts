/**
 * Hive Gateway over the services' OpenAPI documents. Mesh Compose generated supergraph.graphql, with a type prefix per service. The
 * screens are additional types and resolvers.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import type { GraphQLResolveInfo } from 'graphql';
import type { Order, OrderItem, Product, Promo, User } from './model.ts';
import { toAmount, toMoney } from './money.ts';
import { typeDefs } from './schema.ts';

const USER = '{ id firstName lastName email avatarUrl createdAt }';
const ORDER =
  '{ id status totalCents currency itemCount placedAt items { productId quantity unitPriceCents currency } }';
const PRODUCT = '{ id name imageUrl }';
const PROMO = '{ id title body imageUrl endsAt }';

interface Row {
  readonly id: string;
}

/** A call to a subgraph. Calls with a key are batched. */
type Delegate = (call: {
  readonly args?: object;
  readonly key?: string;
  readonly argsFromKeys?: (ids: readonly string[]) => object;
  readonly valuesFromResults?: (rows: readonly Row[], ids: readonly string[]) => unknown;
  readonly selectionSet: string;
  readonly root: object;
  readonly context: Context;
  readonly info: GraphQLResolveInfo;
}) => Promise<unknown>;

interface Context {
  readonly headers: Readonly<Record<string, string>>;
  readonly users: { readonly Query: { readonly getUsers: Delegate } };
  readonly orders: { readonly Query: { readonly getOrders: Delegate } };
  readonly catalog: { readonly Query: { readonly getProducts: Delegate; readonly getPromos: Delegate } };
}

const byIds = {
  argsFromKeys: (ids: readonly string[]) => ({ ids: [...new Set(ids)] }),
  valuesFromResults: (rows: readonly Row[], ids: readonly string[]) => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  },
};

const viewer = (root: object, context: Context, info: GraphQLResolveInfo) =>
  context.users.Query.getUsers({
    ...byIds,
    key: context.headers['x-user-id'] ?? '',
    selectionSet: USER,
    root,
    context,
    info,
  }) as Promise<User>;

const orders = (root: object, { first }: { readonly first: number }, context: Context, info: GraphQLResolveInfo) =>
  context.orders.Query.getOrders({ args: { limit: first }, selectionSet: ORDER, root, context, info }) as Promise<
    Order[]
  >;

const promos = (root: object, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
  context.catalog.Query.getPromos({ args: {}, selectionSet: PROMO, root, context, info }) as Promise<Promo[]>;

const product = (root: OrderItem, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
  context.catalog.Query.getProducts({
    ...byIds,
    key: root.productId,
    selectionSet: PRODUCT,
    root,
    context,
    info,
  }) as Promise<Product>;

const gateway = createGatewayRuntime({
  supergraph: readFileSync(new URL('supergraph.graphql', import.meta.url), 'utf8'),
  logging: false,
  additionalTypeDefs: typeDefs.replace('scalar DateTime', '').replace('type Query', 'extend type Query'),
  additionalResolvers: {
    Query: { home: () => ({}), dashboard: () => ({}) },
    Home: {
      greeting: async (root: object, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
        `Hi ${(await viewer(root, context, info)).firstName}`,
      avatar: async (root: object, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
        (await viewer(root, context, info)).avatarUrl,
      recentOrders: orders,
      promos,
    },
    // int64 amounts are BigInts.
    OrderCard: { total: ({ totalCents, currency }: Order) => toAmount(Number(totalCents), currency) },
    Dashboard: {
      profile: (root: object, _args: unknown, context: Context, info: GraphQLResolveInfo) =>
        viewer(root, context, info),
      orders,
      promos,
    },
    User: {
      name: ({ firstName, lastName }: User) => `${firstName} ${lastName}`,
      memberSince: ({ createdAt }: User) => createdAt,
    },
    Order: { total: ({ totalCents, currency }: Order) => toMoney(Number(totalCents), currency) },
    OrderItem: {
      unitPrice: ({ unitPriceCents, currency }: OrderItem) => toMoney(Number(unitPriceCents), currency),
      product,
    },
  },
});

createServer(gateway).listen(Number(process.env['PORT']), '127.0.0.1');
