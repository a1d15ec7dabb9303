import { readFileSync } from 'node:fs';
import { readScreens } from '@facet/server/internal/graphql/screens.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { expect, test } from '@jest/globals';
import { schemaImpact } from './schema.ts';

const SDL = readFileSync(`${FIXTURE}schemas/web.graphql`, 'utf8');

/** What a change of web's schema does to its screens: `level: screens` by the message; and who no longer fits. */
async function impact(...edits: readonly (readonly [from: string, to: string])[]) {
  const after = edits.reduce((sdl, [from, to]) => {
    expect(sdl).toContain(from);
    return sdl.replace(from, to);
  }, SDL);
  const found = await schemaImpact(SDL, after, (schema) => readScreens(`${FIXTURE}bffs/web/screens`, schema));
  return {
    changes: Object.fromEntries(
      found.changes.map(({ text, level, screens }) => [text, `${level}: ${screens.join(', ')}`]),
    ),
    unfit: Object.fromEntries(found.unfit.map(({ screen, problem }) => [screen, problem])),
  };
}

test('a removed field breaks the screens that select it', async () => {
  expect(await impact(['  inStock: Boolean!\n', ''])).toEqual({
    changes: { "Field 'inStock' was removed from object type 'Book'": 'breaking: BookPage, LoanPage' },
    unfit: {
      LoanPage: 'Cannot query field "inStock" on type "Book". Did you mean "stock"?',
      BookPage: 'Cannot query field "inStock" on type "Book". Did you mean "stock"?',
    },
  });
});

test('an unused field breaks no screen', async () => {
  expect(await impact(['  phone: String!\n', ''])).toEqual({
    changes: { "Field 'phone' was removed from object type 'Member'": 'breaking: ' },
    unfit: {},
  });
});

test('a field that becomes nullable breaks the screens that select it, though they stay valid', async () => {
  expect(await impact(['  email: String!\n', '  email: String\n'])).toEqual({
    changes: { "Field 'Member.email' changed type from 'String!' to 'String'": 'breaking: Dashboard' },
    unfit: {},
  });
  // The reverse change breaks nothing.
  expect(await impact(['  slipNumber: String\n', '  slipNumber: String!\n'])).toEqual({
    changes: {},
    unfit: {},
  });
});

test('a newly required argument breaks the screens that omit it', async () => {
  const { changes, unfit } = await impact(['book(id: ID!): Book', 'book(id: ID!, region: String!): Book']);
  expect(changes).toEqual({ "Argument 'region: String!' added to field 'Query.book'": 'breaking: BookPage' });
  expect(Object.keys(unfit)).toEqual(['BookPage']);
});

test('a removed argument breaks the screens that pass it', async () => {
  const { changes, unfit } = await impact([', after: ID): [Loan!]', '): [Loan!]']);
  expect(changes).toEqual({
    "Argument 'after: ID' was removed from field 'Dashboard.loans'": 'breaking: Dashboard, MoreLoans',
  });
  expect(Object.keys(unfit)).toEqual(['Dashboard', 'MoreLoans']);
});

test('a narrower range breaks the screens that may exceed it', async () => {
  expect(await impact(['@range(min: 1, max: 100)', '@range(min: 1, max: 50)'])).toEqual({
    changes: { "Argument 'Dashboard.loans.first' allows 1 to 50, was 1 to 100": 'breaking: Dashboard, MoreLoans' },
    unfit: {},
  });
  expect(await impact(['@range(min: 1, max: 100)', '@range(min: 1, max: 500)'])).toEqual({ changes: {}, unfit: {} });
});

test('a new enum value is a notice, and a removed one breaks', async () => {
  expect(await impact(['  cancelled\n', '  cancelled\n  refunded\n'])).toEqual({
    changes: { "Enum value 'refunded' was added to enum 'LoanStatus'": 'notice: Dashboard, LoanPage, MoreLoans' },
    unfit: {},
  });
  expect(await impact(['  cancelled\n', ''])).toEqual({
    changes: {
      "Enum value 'cancelled' was removed from enum 'LoanStatus'": 'breaking: Dashboard, LoanPage, MoreLoans',
    },
    unfit: {},
  });
});

test('a removed type breaks the screens that use it', async () => {
  const { changes } = await impact(
    ['  "The next readings, 20 at the most."\n  readings: [Reading!]\n', ''],
    [SDL.slice(SDL.indexOf('type Reading {')), ''],
  );
  expect(Object.values(changes)).toEqual(['breaking: Dashboard', 'breaking: Dashboard']);
});

test('additions and changed descriptions are not reported', async () => {
  const described: readonly [string, string] = ['"First and last name."', '"The whole name."'];
  expect(await impact(described, ['  stock: Int!\n', '  stock: Int!\n  rating: Float\n'])).toEqual({
    changes: {},
    unfit: {},
  });
});
