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
  type RequiredResolvers,
} from '@facet/server';
import { productList } from '../../shared/catalog/endpoints.ts';
import type { Product } from '../../shared/catalog/rest.generated.ts';
import { orders } from '../../shared/orders/endpoints.ts';
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
} satisfies RequiredResolvers<Resolvers>;
