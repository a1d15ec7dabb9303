import {
  arg,
  computed,
  list,
  load,
  money,
  numberIn,
  prop,
  type RequiredResolvers,
  screen,
  text,
  viewer,
} from '@facet/server';
import { products, promos } from '../../shared/catalog/endpoints.ts';
import type { Product } from '../../shared/catalog/rest.generated.ts';
import { orders, viewerOrders } from '../../shared/orders/endpoints.ts';
import { users } from '../../shared/users/endpoints.ts';
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
} satisfies RequiredResolvers<Resolvers>;
