import { batchOf, listOf } from '../services.ts';
import type { Order } from './rest.generated.ts';

/** The caller's orders by id. Orders of other callers are not found. */
export const orders = batchOf<Order>()({ service: 'orders', path: '/orders', rowKey: 'id', sparse: 'fields' });

/** The caller's orders, newest first. */
export const viewerOrders = listOf<Order>()({
  service: 'orders',
  path: '/orders',
  params: ['limit', 'after'],
  rowKey: 'id',
  sparse: 'fields',
});
