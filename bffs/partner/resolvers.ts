import { productList } from '../../shared/downstream/endpoints/catalog.ts';
import { orders } from '../../shared/downstream/endpoints/orders.ts';
import type { Product } from '../../shared/downstream/rest/catalog.generated.ts';
import type { Complete } from '../../shared/graphql/complete.ts';
import {
  arg,
  connection,
  connectionFields,
  fromCursor,
  keyOf,
  load,
  money,
  nodeId,
  pageInfoFields,
  prop,
} from '../../shared/graphql/fields.ts';
import { node, typeOfNode } from './node.ts';
import type { Resolvers } from './schema.generated.ts';

export const resolvers = {
  Node: {
    __resolveType: typeOfNode,
  },
  Query: {
    node,
    products: connection(productList, {
      limit: arg('first'),
      after: fromCursor(arg('after')),
      category: arg('category'),
    }),
    orderStatus: load(orders, keyOf('OrderStatus', arg('id'))),
  },
  ProductConnection: connectionFields<Product>(),
  PageInfo: pageInfoFields,
  Product: {
    id: nodeId('Product', 'id'),
    productId: prop('id'),
    price: money('priceCents', 'currency'),
  },
  OrderStatus: {
    id: nodeId('OrderStatus', 'id'),
    orderId: prop('id'),
    total: money('totalCents', 'currency'),
  },
} satisfies Complete<Resolvers>;
