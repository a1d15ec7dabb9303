import { commaSeparated } from '@facet/server';
import { batchOf, listOf } from '../services.ts';
import type { Product, Promo } from './rest.generated.ts';

export const products = batchOf<Product>()({
  service: 'catalog',
  path: '/products',
  ids: commaSeparated('ids'),
  rowKey: 'id',
  maxBatch: 100,
  sparse: 'fields',
  public: true,
});

/** All products, or those of one category, in pages. */
export const productList = listOf<Product>()({
  service: 'catalog',
  path: '/products',
  params: ['category', 'limit', 'after'],
  rowKey: 'id',
  sparse: 'fields',
  public: true,
});

/** The current promotions, at most 20. */
export const promos = listOf<Promo>()({
  service: 'catalog',
  path: '/promos',
  rowKey: 'id',
  sparse: 'fields',
  public: true,
});
