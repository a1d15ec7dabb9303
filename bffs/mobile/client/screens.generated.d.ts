// Generated from bffs/mobile/screens/ and schemas/mobile.graphql by npm run generate.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode } from 'graphql';

export type OrderStatus =
  | 'cancelled'
  | 'delivered'
  | 'paid'
  | 'pending'
  | 'shipped';

export interface HomeQuery_home_recentOrders {
  readonly __typename: 'OrderCard',
  readonly id: string,
  readonly status: OrderStatus,
  readonly total: number,
  readonly currency: string,
  readonly itemCount: number,
  readonly placedAt: string
}

export interface HomeQuery_home_promos {
  readonly __typename: 'PromoCard',
  readonly id: string,
  readonly title: string,
  readonly imageUrl: string,
  readonly endsAt: string
}

export interface HomeQuery_home {
  readonly __typename: 'Home',
  readonly greeting: string | null,
  readonly avatar: string | null,
  readonly recentOrders: ReadonlyArray<HomeQuery_home_recentOrders> | null,
  readonly promos: ReadonlyArray<HomeQuery_home_promos> | null
}

export interface HomeQuery {
  readonly home: HomeQuery_home
}

export interface HomeQueryVariables {
  first?: number;
}

export interface OrderDetailQuery_order_items {
  readonly __typename: 'OrderLine',
  readonly productId: string,
  readonly name: string | null,
  readonly imageUrl: string | null,
  readonly quantity: number,
  readonly unitPrice: number,
  readonly currency: string
}

export interface OrderDetailQuery_order {
  readonly __typename: 'OrderDetail',
  readonly id: string,
  readonly status: OrderStatus,
  readonly total: number,
  readonly currency: string,
  readonly itemCount: number,
  readonly placedAt: string,
  readonly trackingNumber: string | null,
  readonly shipTo: string,
  readonly items: ReadonlyArray<OrderDetailQuery_order_items>
}

export interface OrderDetailQuery {
  readonly order: OrderDetailQuery_order | null
}

export interface OrderDetailQueryVariables {
  id: string;
}

export declare const HomeDocument: TypedDocumentNode<HomeQuery, HomeQueryVariables>;
export declare const OrderDetailDocument: TypedDocumentNode<OrderDetailQuery, OrderDetailQueryVariables>;

/** Whether a document is a screen exported here, or a client library's copy of one. */
export declare function isScreen(document: DocumentNode): boolean;
/** The id under which the server has registered a screen. Throws an Error for any other document. */
export declare function idOf(document: DocumentNode): string;
