// Generated from bffs/web/screens/ and schemas/web.graphql by npm run generate.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode } from 'graphql';

export type OrderStatus =
  | 'cancelled'
  | 'delivered'
  | 'paid'
  | 'pending'
  | 'shipped';

export interface DashboardQuery_dashboard_profile {
  readonly __typename: 'User',
  readonly id: string,
  readonly name: string,
  readonly email: string,
  readonly avatarUrl: string,
  readonly memberSince: string
}

export interface DashboardQuery_dashboard_orders_total {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface DashboardQuery_dashboard_orders_items_unitPrice {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface DashboardQuery_dashboard_orders_items_product {
  readonly __typename: 'Product',
  readonly id: string,
  readonly name: string,
  readonly imageUrl: string
}

export interface DashboardQuery_dashboard_orders_items {
  readonly __typename: 'OrderItem',
  readonly quantity: number,
  readonly unitPrice: DashboardQuery_dashboard_orders_items_unitPrice,
  readonly product: DashboardQuery_dashboard_orders_items_product | null
}

export interface DashboardQuery_dashboard_orders {
  readonly __typename: 'Order',
  readonly id: string,
  readonly status: OrderStatus,
  readonly placedAt: string,
  readonly total: DashboardQuery_dashboard_orders_total,
  readonly items: ReadonlyArray<DashboardQuery_dashboard_orders_items>
}

export interface DashboardQuery_dashboard_promos {
  readonly __typename: 'Promo',
  readonly id: string,
  readonly title: string,
  readonly body: string,
  readonly imageUrl: string,
  readonly endsAt: string
}

export interface DashboardQuery_dashboard {
  readonly __typename: 'Dashboard',
  readonly profile: DashboardQuery_dashboard_profile | null,
  readonly orders: ReadonlyArray<DashboardQuery_dashboard_orders> | null,
  readonly promos: ReadonlyArray<DashboardQuery_dashboard_promos> | null
}

export interface DashboardQuery {
  readonly dashboard: DashboardQuery_dashboard
}

export interface DashboardQueryVariables {
  first?: number;
  after?: string | null | undefined;
}

export interface Dashboard_PriceFragment {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface MoreOrdersQuery_dashboard_orders_total {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface MoreOrdersQuery_dashboard_orders_items_unitPrice {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface MoreOrdersQuery_dashboard_orders_items_product {
  readonly __typename: 'Product',
  readonly id: string,
  readonly name: string,
  readonly imageUrl: string
}

export interface MoreOrdersQuery_dashboard_orders_items {
  readonly __typename: 'OrderItem',
  readonly quantity: number,
  readonly unitPrice: MoreOrdersQuery_dashboard_orders_items_unitPrice,
  readonly product: MoreOrdersQuery_dashboard_orders_items_product | null
}

export interface MoreOrdersQuery_dashboard_orders {
  readonly __typename: 'Order',
  readonly id: string,
  readonly status: OrderStatus,
  readonly placedAt: string,
  readonly total: MoreOrdersQuery_dashboard_orders_total,
  readonly items: ReadonlyArray<MoreOrdersQuery_dashboard_orders_items>
}

export interface MoreOrdersQuery_dashboard {
  readonly __typename: 'Dashboard',
  readonly orders: ReadonlyArray<MoreOrdersQuery_dashboard_orders> | null
}

export interface MoreOrdersQuery {
  readonly dashboard: MoreOrdersQuery_dashboard
}

export interface MoreOrdersQueryVariables {
  first?: number;
  after: string;
}

export interface MoreOrders_PriceFragment {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface OrderPageQuery_order_total {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface OrderPageQuery_order_items_unitPrice {
  readonly __typename: 'Money',
  readonly formatted: string
}

export interface OrderPageQuery_order_items_product {
  readonly __typename: 'Product',
  readonly id: string,
  readonly name: string,
  readonly description: string,
  readonly imageUrl: string,
  readonly category: string,
  readonly inStock: boolean
}

export interface OrderPageQuery_order_items {
  readonly __typename: 'OrderItem',
  readonly quantity: number,
  readonly unitPrice: OrderPageQuery_order_items_unitPrice,
  readonly product: OrderPageQuery_order_items_product | null
}

export interface OrderPageQuery_order_shippingAddress {
  readonly __typename: 'Address',
  readonly street: string,
  readonly city: string,
  readonly postcode: string,
  readonly country: string
}

export interface OrderPageQuery_order {
  readonly __typename: 'Order',
  readonly id: string,
  readonly status: OrderStatus,
  readonly placedAt: string,
  readonly trackingNumber: string | null,
  readonly itemCount: number,
  readonly total: OrderPageQuery_order_total,
  readonly items: ReadonlyArray<OrderPageQuery_order_items>,
  readonly shippingAddress: OrderPageQuery_order_shippingAddress
}

export interface OrderPageQuery {
  readonly order: OrderPageQuery_order | null
}

export interface OrderPageQueryVariables {
  id: string;
}

export interface ProductPageQuery_product_price {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string,
  readonly formatted: string
}

export interface ProductPageQuery_product {
  readonly __typename: 'Product',
  readonly id: string,
  readonly name: string,
  readonly description: string,
  readonly imageUrl: string,
  readonly category: string,
  readonly stock: number,
  readonly inStock: boolean,
  readonly price: ProductPageQuery_product_price
}

export interface ProductPageQuery {
  readonly product: ProductPageQuery_product | null
}

export interface ProductPageQueryVariables {
  id: string;
}

export declare const DashboardDocument: TypedDocumentNode<DashboardQuery, DashboardQueryVariables>;
export declare const MoreOrdersDocument: TypedDocumentNode<MoreOrdersQuery, MoreOrdersQueryVariables>;
export declare const OrderPageDocument: TypedDocumentNode<OrderPageQuery, OrderPageQueryVariables>;
export declare const ProductPageDocument: TypedDocumentNode<ProductPageQuery, ProductPageQueryVariables>;

/** Whether a document is a screen exported here, or a client library's copy of one. */
export declare function isScreen(document: DocumentNode): boolean;
/** The id under which the server has registered a screen. Throws an Error for any other document. */
export declare function idOf(document: DocumentNode): string;
