import { products, promos } from '../../shared/downstream/endpoints/catalog.ts';
import { orders, viewerOrders } from '../../shared/downstream/endpoints/orders.ts';
import { users } from '../../shared/downstream/endpoints/users.ts';
import type { Product } from '../../shared/downstream/rest/catalog.generated.ts';
import type { Complete } from '../../shared/graphql/complete.ts';
import { arg, computed, list, load, money, numberIn, prop, screen, text, viewer } from '../../shared/graphql/fields.ts';
import type { Resolvers } from './schema.generated.ts';

export const resolvers = {
  Query: {
    dashboard: screen(),
    order: load(orders, arg('id')),
    product: load(products, arg('id')),
  },
  Dashboard: {
    profile: load(users, viewer),
    orders: list(viewerOrders, { limit: arg('first'), after: arg('after') }),
    promos: list(promos),
  },
  User: {
    name: text('{firstName} {lastName}'),
    memberSince: prop('createdAt'),
  },
  Order: {
    total: money('totalCents', 'currency'),
  },
  OrderItem: {
    unitPrice: money('unitPriceCents', 'currency'),
    product: load(products, 'productId'),
  },
  Product: {
    price: money('priceCents', 'currency'),
    inStock: computed(['stock'], ({ stock }: Pick<Product, 'stock'>) => numberIn(stock) > 0),
  },
  Promo: {
    product: load(products, 'productId'),
  },
} satisfies Complete<Resolvers>;
