/** What the compiler says in a frontend outside the project that uses a client's package. */
import { complaintsOf } from '@facet/testing/internal/complaints.ts';
import { frontendOf } from '@facet/testing/internal/frontend.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';

const PACKAGES = [
  'graphql',
  '@graphql-typed-document-node/core',
  '@apollo/client',
  'rxjs',
  '@urql/core',
  '@urql/exchange-persisted',
];

const PRELUDE = `
import type { ApolloClient } from '@apollo/client';
import type { DashboardQuery } from '@facet/web-client';
import { DashboardDocument, LoanPageDocument } from '@facet/web-client';
import type { Client } from '@urql/core';
export declare const apollo: ApolloClient;
export declare const urql: Client;
export declare const data: DashboardQuery;
export const documents = [DashboardDocument, LoanPageDocument];
`;

const ACCEPTED = `
const { data: answered } = await urql.query(DashboardDocument, { first: 3, after: null });
export const same: DashboardQuery | undefined = answered;
export const amount: number | undefined = data.dashboard.loans?.[0]?.fee.amount;
export const endsAt: string | undefined = data.dashboard.readings?.[0]?.endsAt;
export const email: string | undefined = data.dashboard.profile?.email;
`;

const REFUSED: Readonly<Record<string, readonly [code: string, complaint: RegExp]>> = {
  'a variable that the screen does not have, with Apollo Client': [
    'await apollo.query({ query: DashboardDocument, variables: { frist: 1 } });',
    /'frist' does not exist in type 'DashboardQueryVariables'/,
  ],
  'a variable that the screen does not have, with urql': [
    'await urql.query(DashboardDocument, { frist: 1 });',
    /'frist' does not exist in type 'DashboardQueryVariables'/,
  ],
  'a variable of another type, with Apollo Client': [
    `await apollo.query({ query: DashboardDocument, variables: { first: 'one' } });`,
    /'string' is not assignable to type 'number'/,
  ],
  'a variable of another type, with urql': [
    `await urql.query(DashboardDocument, { first: 'one' });`,
    /'string' is not assignable to type 'number'/,
  ],
  'a variable that is missing, with Apollo Client': [
    'await apollo.query({ query: LoanPageDocument });',
    /Property 'variables' is missing/,
  ],
  'a variable that is missing, with urql': [
    'await urql.query(LoanPageDocument, {});',
    /Property 'id' is missing in type '{}' but required in type 'LoanPageQueryVariables'/,
  ],
  'a section as if it could not fail': ['export const name = data.dashboard.profile.name;', /is possibly 'null'/],
  'a property that the schema has and the screen does not ask for': [
    'export const phone = data.dashboard.profile?.phone;',
    /'phone' does not exist on type 'DashboardQuery_dashboard_profile'/,
  ],
  'a value that an enum does not have': [
    `export const isLost = data.dashboard.loans?.[0]?.status === 'lost';`,
    /no overlap/,
  ],
  'a change of what a cache has handed out': ['data.dashboard.loans?.push();', /'push' does not exist/],
};

describe('the compiler rejects', () => {
  const cases = Object.entries(REFUSED);
  const right = [PRELUDE + ACCEPTED];
  let complaints: string[][];
  beforeAll(() => {
    const frontend = frontendOf('web', PACKAGES);
    const codes = [...right, ...cases.map(([, [code]]) => PRELUDE + code)];
    complaints = complaintsOf(new Map(codes.map((code, index) => [`${frontend}/planted-${index}.ts`, code])));
  });

  test('no valid code', () => {
    expect(complaints.slice(0, right.length)).toEqual(right.map(() => []));
  });

  test.each(cases.map(([what, [, complaint]], index) => ({ what, complaint, index })))(
    '$what',
    ({ complaint, index }) => {
      expect(complaints[right.length + index]?.join('\n')).toMatch(complaint);
    },
  );
});
