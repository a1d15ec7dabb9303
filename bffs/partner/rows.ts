import type { Product } from '../../shared/downstream/rest/catalog.generated.ts';
import type { Connection, Edge } from '../../shared/graphql/fields/relay.ts';

export type ProductConnection = Connection<Product>;
export type ProductEdge = Edge<Product>;
