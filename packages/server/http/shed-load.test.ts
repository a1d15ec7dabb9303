import { readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { startLocalService } from '@facet/testing/internal/local-service.ts';
import { describe, expect, test } from '@jest/globals';
import { OverloadedError } from '../request/errors.ts';
import { createAdmission } from './overload/admission.ts';
import { RequestState } from './request-state.ts';

const caller = { 'x-member-id': 'm_42' };

test('requests past the limit are refused at once, on every door, while health stays as it is', async () => {
  let answerAll = () => {};
  const open = new Promise<void>((resolve) => {
    answerAll = resolve;
  });
  await using service = await startLocalService(async (_request, response) => {
    await open;
    response.writeHead(500).end();
  });
  const urls = { members: service.url, loans: service.url, library: service.url };
  await using running = await startBff(mobile, urls, { MAX_IN_FLIGHT: '2', REQUEST_DEADLINE_MS: '60000' });
  const admitted = [running.screen('Home'), running.screen('Home')];
  while (service.arrived.length < 5) await new Promise((resolve) => setImmediate(resolve));

  const refused = [
    await running.screen('Home'),
    await readAnswer(await fetch(`${running.url}/screens/Home`, { headers: caller })),
    await readAnswer(
      await fetch(`${running.url}/graphql?query={__typename}`, {
        headers: { ...caller, 'apollo-require-preflight': '1' },
      }),
    ),
  ];
  for (const { status, headers, errors } of refused) {
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(errors).toMatchObject([{ extensions: { code: 'OVERLOADED', requestId: expect.any(String) } }]);
  }
  for (const path of ['/healthz', '/readyz']) expect((await fetch(running.url + path)).status).toBe(200);

  answerAll();
  for (const { status } of await Promise.all(admitted)) expect(status).toBe(200);
  expect((await running.screen('Home')).status).toBe(200);
});

describe('a late event loop', () => {
  test.each([
    [99, true],
    [101, false],
  ])('of %i ms lets a request in: %p', (lagMs, isLetIn) => {
    const admission = createAdmission({ maxInFlight: 10, maxLagMs: 100, maxUtilization: 1 }, () => lagMs);
    const state = new RequestState({} as never, { once: () => {} } as never);
    for (const step of [() => admission.check(), () => admission.admit(state)]) {
      if (isLetIn) expect(step).not.toThrow();
      else expect(step).toThrow(OverloadedError);
    }
    expect(state.holdsSlot).toBe(isLetIn);
  });
});
