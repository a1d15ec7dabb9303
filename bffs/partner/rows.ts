import type { Connection, Edge } from '@facet/server';
import type { Product } from '../../shared/catalog/rest.generated.ts';

export type ProductConnection = Connection<Product>;
export type ProductEdge = Edge<Product>;
