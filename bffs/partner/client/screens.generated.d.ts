// Generated from bffs/partner/screens/ and schemas/partner.graphql by npm run generate.

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode } from 'graphql';

export type OrderState =
  | 'cancelled'
  | 'delivered'
  | 'paid'
  | 'pending'
  | 'shipped';

export interface OrderStatusQuery_orderStatus_total {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string
}

export interface OrderStatusQuery_orderStatus {
  readonly __typename: 'OrderStatus',
  readonly id: string,
  readonly orderId: string,
  readonly status: OrderState,
  readonly placedAt: string,
  readonly itemCount: number,
  readonly total: OrderStatusQuery_orderStatus_total
}

export interface OrderStatusQuery {
  readonly orderStatus: OrderStatusQuery_orderStatus | null
}

export interface OrderStatusQueryVariables {
  id: string;
}

export interface ProductFeedQuery_products_edges_node_price {
  readonly __typename: 'Money',
  readonly amount: number,
  readonly currency: string
}

export interface ProductFeedQuery_products_edges_node {
  readonly __typename: 'Product',
  readonly id: string,
  readonly productId: string,
  readonly name: string,
  readonly description: string,
  readonly imageUrl: string,
  readonly category: string,
  readonly stock: number,
  readonly price: ProductFeedQuery_products_edges_node_price
}

export interface ProductFeedQuery_products_edges {
  readonly __typename: 'ProductEdge',
  readonly cursor: string,
  readonly node: ProductFeedQuery_products_edges_node
}

export interface ProductFeedQuery_products_pageInfo {
  readonly __typename: 'PageInfo',
  readonly hasNextPage: boolean,
  readonly endCursor: string | null
}

export interface ProductFeedQuery_products {
  readonly __typename: 'ProductConnection',
  readonly edges: ReadonlyArray<ProductFeedQuery_products_edges> | null,
  readonly pageInfo: ProductFeedQuery_products_pageInfo
}

export interface ProductFeedQuery {
  readonly products: ProductFeedQuery_products
}

export interface ProductFeedQueryVariables {
  first?: number;
  after?: string | null | undefined;
  category?: string | null | undefined;
}

export declare const OrderStatusDocument: TypedDocumentNode<OrderStatusQuery, OrderStatusQueryVariables>;
export declare const ProductFeedDocument: TypedDocumentNode<ProductFeedQuery, ProductFeedQueryVariables>;

/** Whether a document is a screen exported here, or a client library's copy of one. */
export declare function isScreen(document: DocumentNode): boolean;
/** The id under which the server has registered a screen. Throws an Error for any other document. */
export declare function idOf(document: DocumentNode): string;
