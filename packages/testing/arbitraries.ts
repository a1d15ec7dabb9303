import { readFileSync } from 'node:fs';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import fc from 'fast-check';
import { type Inflict, passOn, REFUSE } from './fault-proxy.ts';
import { DEADLINE, FAULTS } from './faults.ts';
import { bff as mobile } from './fixture/bffs/mobile/bff.ts';
import { bff as partner } from './fixture/bffs/partner/bff.ts';
import { bff as web } from './fixture/bffs/web/bff.ts';

import { FIXTURE } from './fixture/root.ts';

/** An operation that users ask for, with variables of their own. */
export interface Question {
  readonly bff: Bff;
  readonly query: string;
  /** Registered under this name, so that it can be asked for by its address too. */
  readonly screen: string | undefined;
  readonly variables: (mark: number) => Readonly<Record<string, string>>;
  /** Whether every part of the answer is everybody's. */
  readonly isPublic: boolean;
}

type How = Partial<Pick<Question, 'variables' | 'isPublic'>>;

function adHoc(bff: Bff, query: string, { variables = () => ({}), isPublic = false }: How = {}): Question {
  return { bff, query, screen: undefined, variables, isPublic };
}

function screen(bff: Bff, name: string, how: How = {}): Question {
  const query = readFileSync(`${FIXTURE}bffs/${bff.client}/screens/${name}.graphql`, 'utf8');
  return { ...adHoc(bff, query, how), screen: name };
}

const own = (mark: number) => ({ id: `l_${mark}_1` });
const others = (mark: number) => ({ id: `l_${mark + 1}_1` });
const ownNode = (mark: number) => ({ id: Buffer.from(`LoanStatus:l_${mark}_2`).toString('base64url') });

/** Every screen, and what no screen asks for: of each client, of what is private and of what is not. */
const QUESTIONS: readonly Question[] = [
  screen(mobile, 'Home'),
  screen(mobile, 'LoanDetail', { variables: own }),
  screen(mobile, 'LoanDetail', { variables: others }),
  adHoc(mobile, '{ home { readings { title } a: recentLoans(first: 2) { fee itemCount lentAt } avatar } }'),
  adHoc(mobile, '{ home { readings { id title coverUrl endsAt } } }', { isPublic: true }),
  screen(web, 'Dashboard'),
  screen(web, 'MoreLoans', { variables: (mark) => ({ after: `l_${mark}_1` }) }),
  screen(web, 'LoanPage', { variables: own }),
  screen(web, 'LoanPage', { variables: others }),
  screen(web, 'BookPage', { variables: () => ({ id: 'b_1' }), isPublic: true }),
  adHoc(web, '{ dashboard { profile { email } readings { book { name } } loans { fee { formatted } } } }'),
  adHoc(web, '{ book(id: "b_2") { name deposit { formatted } stock } }', { isPublic: true }),
  adHoc(web, '{ book(id: "b_3") { name } dashboard { readings { title book { stock } } } }', { isPublic: true }),
  screen(partner, 'BookFeed', { isPublic: true }),
  screen(partner, 'LoanStatus', { variables: own }),
  screen(partner, 'LoanStatus', { variables: others }),
  adHoc(partner, 'query ($id: ID!) { node(id: $id) { id ... on LoanStatus { fee { formatted } } } }', {
    variables: ownNode,
  }),
  adHoc(partner, '{ a: books(first: 2) { edges { node { stock } } } books(first: 1) { edges { cursor } } }', {
    isPublic: true,
  }),
  adHoc(partner, '{ books(first: 3) { edges { cursor node { id name } } } }', { isPublic: true }),
];

export interface Visit {
  readonly question: Question;
  /** By GET /screens/NAME, where it is a screen. */
  readonly byAddress: boolean;
  readonly locale: string;
  /** Milliseconds after which the user goes away, whether there is an answer or not. */
  readonly patienceMs: number;
}

/** One request of somebody. */
export const visits: fc.Arbitrary<Visit> = fc.record({
  question: fc.constantFrom(...QUESTIONS),
  byAddress: fc.boolean(),
  locale: fc.constantFrom('en-US', 'de-DE', 'ja-JP'),
  patienceMs: fc.oneof({ weight: 6, arbitrary: fc.constant(60_000) }, { weight: 1, arbitrary: fc.nat({ max: 40 }) }),
});

// What costs the machine more than it tells of a leak is left to the fault matrix, and what hangs is in once.
const CHEAP = FAULTS.filter(({ name, code }) => !name.startsWith('50 MB') && code !== DEADLINE).map(
  ({ inflict }) => inflict,
);
const ANSWERED = CHEAP.flatMap((inflict) => (inflict === REFUSE ? [] : inflict));

/** How a service is for a while: well, ill of one thing, or of another one each time that it is asked. */
export const moods: fc.Arbitrary<Inflict | typeof REFUSE> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(passOn) },
  { weight: 1, arbitrary: fc.constantFrom(...CHEAP) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(passOn, ...ANSWERED), { minLength: 20, maxLength: 20 }).map(inTurn),
  },
);

function inTurn(ways: readonly Inflict[]): Inflict {
  let answers = 0;
  return (answer, response) => {
    const inflict = ways[answers % ways.length] ?? passOn;
    answers += 1;
    inflict(answer, response);
  };
}
