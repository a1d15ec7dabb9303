import { CodedError, type Context, ErrorCode, parseNodeId, resolver } from '@facet/server';
import { products } from '../../shared/catalog/endpoints.ts';
import { orders } from '../../shared/orders/endpoints.ts';

/** Loads an object by its global id, which contains the type name. Adds the type name to the row for typeOfNode. */
export const node = resolver(
  { callsOneOf: [products, orders] },
  async (_parent: unknown, args: { readonly id: string }, { loaders }: Context) => {
    const id = parseNodeId(args.id);
    if (id?.type === 'Product') return tagged('Product', await loaders.load(products, id.key));
    if (id?.type === 'OrderStatus') return tagged('OrderStatus', await loaders.load(orders, id.key));
    throw new CodedError(ErrorCode.BadUserInput, 'The id is not a global id of this API.');
  },
);

export const typeOfNode = (row: object): 'Product' | 'OrderStatus' =>
  '__typename' in row && row.__typename === 'OrderStatus' ? 'OrderStatus' : 'Product';

const tagged = <Row extends object>(__typename: 'Product' | 'OrderStatus', row: Row | null) =>
  row && { ...row, __typename };
