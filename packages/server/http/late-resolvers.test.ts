import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { viewerLoans } from '@facet/testing/internal/fixture/shared/loans/endpoints.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from '../graphql/context.ts';
import { list, resolver } from '../graphql/fields.ts';
import type { Bff } from './bff.ts';

const signals: AbortSignal[] = [];

/** The mobile client's home screen, of which one section never comes. */
const bff: Bff = {
  ...mobile,
  resolvers: {
    ...mobile.resolvers,
    Home: {
      greeting: resolver({}, () => Promise.reject('text')),
      avatar: resolver({}, (_parent: unknown, _args: unknown, { request }: Context) => {
        signals.push(request.signal);
        return new Promise(() => {});
      }),
      recentLoans: list(viewerLoans),
      readings: resolver({}, async () => []),
    },
  },
};

let running: RunningBff;
beforeAll(async () => {
  // One request at a time: whoever kept its slot would keep all others out.
  running = await startBff(bff, {}, { REQUEST_DEADLINE_MS: '100', MAX_IN_FLIGHT: '1' });
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

const headers = { [bff.identity.header]: bff.identity.exampleId };
const AD_HOC = '{ home { greeting avatar __typename } }';

test.each<[string, () => Promise<Answer>]>([
  ['a registered screen', () => running.screen('Home')],
  ['a screen by its name', async () => readAnswer(await fetch(`${running.url}/screens/Home`, { headers }))],
  ['an ad-hoc operation', () => running.query(AD_HOC)],
  ['an ad-hoc operation that came before', () => running.query(AD_HOC)],
])(
  '%s is answered by the deadline without the section that never comes, and gives its slot back',
  async (_what, ask) => {
    for (let time = 0; time < 2; time += 1) {
      const { status, data, errors } = await ask();
      expect(status).toBe(200);
      expect(data).toMatchObject({ home: { greeting: null, avatar: null } });
      expect(data.home).toMatchObject('readings' in data.home ? { readings: [] } : { __typename: 'Home' });
      expect(errors).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            path: ['home', 'avatar'],
            extensions: { code: 'DEADLINE_EXCEEDED', requestId: expect.any(String) },
          }),
          expect.objectContaining({
            path: ['home', 'greeting'],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
          }),
        ]),
      );
      expect(signals.pop()?.aborted).toBe(true);
    }
  },
);
