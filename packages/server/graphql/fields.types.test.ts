import { complaintsOf } from '@facet/testing/internal/complaints.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { describe, expect, test } from '@jest/globals';

/** The compiler's errors for each resolver map, checked as a file of the web client. */
function complaintsOfMaps(maps: readonly string[]): string[][] {
  return complaintsOf(
    new Map(maps.map((map, index) => [`${FIXTURE}bffs/web/planted-${index}.ts`, `${PRELUDE}\n${map}`])),
  );
}

const PRELUDE = `
import { products, promos } from '@facet/testing/internal/fixture/shared/catalog/endpoints.ts';
import { orders, viewerOrders } from '@facet/testing/internal/fixture/shared/orders/endpoints.ts';
import { users } from '@facet/testing/internal/fixture/shared/users/endpoints.ts';
import type { RequiredResolvers } from '@facet/server/internal/graphql/schema/required-resolvers.ts';
import { amount, arg, computed, list, load, money, parent, prop, screen, text, viewer } from '@facet/server/internal/graphql/fields.ts';
import type { Resolvers } from './schema.generated.ts';
export const all = [products, promos, orders, viewerOrders, users, amount, arg, computed, list, load, money, parent, prop, screen, text, viewer];
export type Whole = RequiredResolvers<Resolvers>;
`;

const REFUSED: Readonly<Record<string, readonly [map: string, complaint: RegExp]>> = {
  'a key that the parent does not have': [
    `export const map = { OrderItem: { product: load(products, 'productID') } } satisfies Resolvers;`,
    /productID/,
  ],
  'an endpoint of other rows': [
    `export const map = { OrderItem: { product: load(users, 'productId') } } satisfies Resolvers;`,
    /'Loaded<User \| null>' is not assignable to type 'Maybe<ResolverTypeWrapper<Product>>/,
  ],
  'an amount of a property that is not there': [
    `export const map = { Order: { total: money('totalCent', 'currency') } } satisfies Resolvers;`,
    /Property 'totalCent' is missing/,
  ],
  'an amount of a text': [
    `export const map = { Order: { total: money('status', 'currency') } } satisfies Resolvers;`,
    /not assignable to type 'number'/,
  ],
  'a number where Money is promised': [
    `export const map = { Order: { total: amount('totalCents', 'currency') } } satisfies Resolvers;`,
    /not assignable to type/,
  ],
  'a property of the loaded row that it has not': [
    `export const map = { User: { name: load(users, viewer, 'nickname') } } satisfies Resolvers;`,
    /"nickname"/,
  ],
  'a placeholder that the row cannot fill': [
    `export const map = { User: { name: text('{firstName} {surname}') } } satisfies Resolvers;`,
    /surname/,
  ],
  'a renamed property of another type': [
    `export const map = { User: { memberSince: prop('address') } } satisfies Resolvers;`,
    /not assignable to type/,
  ],
  'an argument that the field does not take': [
    `export const map = { Dashboard: { orders: list(viewerOrders, { limit: arg('frist') }) } } satisfies Resolvers;`,
    /Property 'frist' is missing/,
  ],
  'a parameter that the endpoint does not take': [
    `export const map = { Dashboard: { orders: list(viewerOrders, { limt: arg('first') }) } } satisfies Resolvers;`,
    /'limt' does not exist/,
  ],
  'a parameter that the endpoint does not take, beside one that it does': [
    `export const map = { Dashboard: { orders: list(viewerOrders, { limits: arg('first'), after: arg('after') }) } } satisfies Resolvers;`,
    /not assignable to type 'never'/,
  ],
  'a key from a screen, which has none': [
    `export const map = { Dashboard: { profile: load(users, 'userId') } } satisfies Resolvers;`,
    /no properties in common/,
  ],
  'a key from the root': [
    `export const map = { Query: { product: load(products, 'productId') } } satisfies Resolvers;`,
    /no properties in common/,
  ],
  'a parameter from a property that the parent does not have': [
    `export const map = { Dashboard: { orders: list(viewerOrders, { after: parent('nope') }) } } satisfies Resolvers;`,
    /'nope' is missing/,
  ],
  'a conversion that looks at more than it says': [
    `export const map = { Product: { inStock: computed(['stock'], ({ stock, name }: { stock: number; name: string }) => stock > 0 || name === '') } } satisfies Resolvers;`,
    /not assignable to parameter of type 'never'/,
  ],
  'a conversion that looks at more parts of an object than it says': [
    `export const map = { Order: { trackingNumber: computed(['shippingAddress.city'], ({ shippingAddress }: { shippingAddress: { city: string; street: string } }) => shippingAddress.street) } } satisfies Resolvers;`,
    /not assignable to parameter of type 'never'/,
  ],
  'a part that the object does not have': [
    `export const map = { Order: { trackingNumber: computed(['shippingAddress.town'], ({ shippingAddress }: { shippingAddress: { city: string } }) => shippingAddress.city) } } satisfies Resolvers;`,
    /shippingAddress.town/,
  ],
  'a field that nothing can fill': [
    `export const map = { Query: { dashboard: screen() } } satisfies Whole;`,
    /missing the following properties from type/,
  ],
};

describe('the compiler refuses', () => {
  const cases = Object.entries(REFUSED);
  const accepted = `export const map = { Order: { trackingNumber: computed(['shippingAddress.city', 'status'], ({ shippingAddress, status }: { shippingAddress: { city: string }; status: string }) => shippingAddress.city + status) }, OrderItem: { product: load(products, 'productId'), unitPrice: money('unitPriceCents', 'currency') } } satisfies Resolvers;`;
  const [whenRight = [], ...complaints] = complaintsOfMaps([accepted, ...cases.map(([, [map]]) => map)]);

  test('no correct resolver map', () => {
    expect(whenRight).toEqual([]);
  });

  test.each(cases.map(([what, [, complaint]], index) => ({ what, complaint, said: complaints[index]?.join('\n') })))(
    '$what',
    ({ said, complaint }) => {
      expect(said).toMatch(complaint);
    },
  );
});
