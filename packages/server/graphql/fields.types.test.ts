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
import { books, readings } from '@facet/testing/internal/fixture/shared/library/endpoints.ts';
import { loans, viewerLoans } from '@facet/testing/internal/fixture/shared/loans/endpoints.ts';
import { members } from '@facet/testing/internal/fixture/shared/members/endpoints.ts';
import type { RequiredResolvers } from '@facet/server/internal/graphql/schema/required-resolvers.ts';
import { amount, arg, computed, list, load, money, parent, prop, screen, text, viewer } from '@facet/server/internal/graphql/fields.ts';
import type { Resolvers } from './schema.generated.ts';
export const all = [books, readings, loans, viewerLoans, members, amount, arg, computed, list, load, money, parent, prop, screen, text, viewer];
export type Whole = RequiredResolvers<Resolvers>;
`;

const REFUSED: Readonly<Record<string, readonly [map: string, complaint: RegExp]>> = {
  'a key that the parent does not have': [
    `export const map = { LoanItem: { book: load(books, 'bookID') } } satisfies Resolvers;`,
    /bookID/,
  ],
  'an endpoint of other rows': [
    `export const map = { LoanItem: { book: load(members, 'bookId') } } satisfies Resolvers;`,
    /'Loaded<Member \| null>' is not assignable to type 'Maybe<ResolverTypeWrapper<Book>>/,
  ],
  'an amount of a property that is not there': [
    `export const map = { Loan: { fee: money('feeCent', 'currency') } } satisfies Resolvers;`,
    /Property 'feeCent' is missing/,
  ],
  'an amount of a text': [
    `export const map = { Loan: { fee: money('status', 'currency') } } satisfies Resolvers;`,
    /not assignable to type 'number'/,
  ],
  'a number where Money is promised': [
    `export const map = { Loan: { fee: amount('feeCents', 'currency') } } satisfies Resolvers;`,
    /not assignable to type/,
  ],
  'a property of the loaded row that it has not': [
    `export const map = { Member: { name: load(members, viewer, 'nickname') } } satisfies Resolvers;`,
    /"nickname"/,
  ],
  'a placeholder that the row cannot fill': [
    `export const map = { Member: { name: text('{firstName} {surname}') } } satisfies Resolvers;`,
    /surname/,
  ],
  'a renamed property of another type': [
    `export const map = { Member: { memberSince: prop('address') } } satisfies Resolvers;`,
    /not assignable to type/,
  ],
  'an argument that the field does not take': [
    `export const map = { Dashboard: { loans: list(viewerLoans, { limit: arg('frist') }) } } satisfies Resolvers;`,
    /Property 'frist' is missing/,
  ],
  'a parameter that the endpoint does not take': [
    `export const map = { Dashboard: { loans: list(viewerLoans, { limt: arg('first') }) } } satisfies Resolvers;`,
    /'limt' does not exist/,
  ],
  'a parameter that the endpoint does not take, beside one that it does': [
    `export const map = { Dashboard: { loans: list(viewerLoans, { limits: arg('first'), after: arg('after') }) } } satisfies Resolvers;`,
    /not assignable to type 'never'/,
  ],
  'a key from a screen, which has none': [
    `export const map = { Dashboard: { profile: load(members, 'memberId') } } satisfies Resolvers;`,
    /no properties in common/,
  ],
  'a key from the root': [
    `export const map = { Query: { book: load(books, 'bookId') } } satisfies Resolvers;`,
    /no properties in common/,
  ],
  'a parameter from a property that the parent does not have': [
    `export const map = { Dashboard: { loans: list(viewerLoans, { after: parent('nope') }) } } satisfies Resolvers;`,
    /'nope' is missing/,
  ],
  'a conversion that looks at more than it says': [
    `export const map = { Book: { inStock: computed(['stock'], ({ stock, name }: { stock: number; name: string }) => stock > 0 || name === '') } } satisfies Resolvers;`,
    /not assignable to parameter of type 'never'/,
  ],
  'a conversion that looks at more parts of an object than it says': [
    `export const map = { Loan: { slipNumber: computed(['pickupAddress.city'], ({ pickupAddress }: { pickupAddress: { city: string; street: string } }) => pickupAddress.street) } } satisfies Resolvers;`,
    /not assignable to parameter of type 'never'/,
  ],
  'a part that the object does not have': [
    `export const map = { Loan: { slipNumber: computed(['pickupAddress.town'], ({ pickupAddress }: { pickupAddress: { city: string } }) => pickupAddress.city) } } satisfies Resolvers;`,
    /pickupAddress.town/,
  ],
  'a field that nothing can fill': [
    `export const map = { Query: { dashboard: screen() } } satisfies Whole;`,
    /missing the following properties from type/,
  ],
};

describe('the compiler refuses', () => {
  const cases = Object.entries(REFUSED);
  const accepted = `export const map = { Loan: { slipNumber: computed(['pickupAddress.city', 'status'], ({ pickupAddress, status }: { pickupAddress: { city: string }; status: string }) => pickupAddress.city + status) }, LoanItem: { book: load(books, 'bookId'), dailyFee: money('dailyFeeCents', 'currency') } } satisfies Resolvers;`;
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
