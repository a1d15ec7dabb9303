import { amount, arg, computed, list, load, type RequiredResolvers, screen, text, viewer } from '@facet/server';
import { products, promos } from '../../shared/catalog/endpoints.ts';
import { orders, viewerOrders } from '../../shared/orders/endpoints.ts';
import type { Address } from '../../shared/orders/rest.generated.ts';
import { users } from '../../shared/users/endpoints.ts';
import type { Resolvers } from './schema.generated.ts';

interface ShippingTown {
  readonly shippingAddress: Pick<Address, 'city' | 'country'>;
}

export const resolvers = {
  Query: {
    home: screen(),
    order: load(orders, arg('id')),
  },
  Home: {
    greeting: load(users, viewer, text('Hi {firstName}')),
    avatar: load(users, viewer, 'avatarUrl'),
    recentOrders: list(viewerOrders, { limit: arg('first'), after: arg('after') }),
    promos: list(promos),
  },
  OrderCard: {
    total: amount('totalCents', 'currency'),
  },
  OrderDetail: {
    total: amount('totalCents', 'currency'),
    shipTo: computed(
      ['shippingAddress.city', 'shippingAddress.country'],
      ({ shippingAddress: { city, country } }: ShippingTown) => `${city}, ${country}`,
    ),
  },
  OrderLine: {
    name: load(products, 'productId', 'name'),
    imageUrl: load(products, 'productId', 'imageUrl'),
    unitPrice: amount('unitPriceCents', 'currency'),
  },
} satisfies RequiredResolvers<Resolvers>;
