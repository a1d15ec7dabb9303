import type { Context } from './context.ts';
import type { Order, OrderItem, Promo, User } from './model.ts';
import { toAmount, toMoney } from './money.ts';
import { get } from './services.ts';

interface Page {
  readonly first: number;
}

const viewer = ({ user, caller }: Context): Promise<User> => user.load(caller['x-user-id']);

const orders = (_parent: unknown, { first }: Page, { caller }: Context): Promise<Order[]> =>
  get('orders', `/orders?limit=${first}`, caller);

const promos = (_parent: unknown, _args: unknown, { caller }: Context): Promise<Promo[]> =>
  get('catalog', '/promos', caller);

/** The resolvers that the GraphQL contenders share. */
export const resolvers = {
  Query: {
    home: () => ({}),
    dashboard: () => ({}),
  },
  Home: {
    greeting: async (_parent: unknown, _args: unknown, context: Context) => `Hi ${(await viewer(context)).firstName}`,
    avatar: async (_parent: unknown, _args: unknown, context: Context) => (await viewer(context)).avatarUrl,
    recentOrders: orders,
    promos,
  },
  OrderCard: {
    total: ({ totalCents, currency }: Order) => toAmount(totalCents, currency),
  },
  Dashboard: {
    profile: (_parent: unknown, _args: unknown, context: Context) => viewer(context),
    orders,
    promos,
  },
  User: {
    name: ({ firstName, lastName }: User) => `${firstName} ${lastName}`,
    memberSince: ({ createdAt }: User) => createdAt,
  },
  Order: {
    total: ({ totalCents, currency }: Order) => toMoney(totalCents, currency),
  },
  OrderItem: {
    unitPrice: ({ unitPriceCents, currency }: OrderItem) => toMoney(unitPriceCents, currency),
    product: ({ productId }: OrderItem, _args: unknown, { products }: Context) => products.load(productId),
  },
};
