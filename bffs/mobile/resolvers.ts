import { products, promos } from '../../shared/downstream/endpoints/catalog.ts';
import { orders, viewerOrders } from '../../shared/downstream/endpoints/orders.ts';
import { users } from '../../shared/downstream/endpoints/users.ts';
import type { Address } from '../../shared/downstream/rest/orders.generated.ts';
import type { Complete } from '../../shared/graphql/complete.ts';
import { amount, arg, computed, list, load, screen, text, viewer } from '../../shared/graphql/fields.ts';
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
} satisfies Complete<Resolvers>;
