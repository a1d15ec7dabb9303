import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { type Handler, json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { until } from '@facet/testing/internal/until.ts';
import { describe, expect, test } from '@jest/globals';
import { startGateway, testedHaproxy } from './testing/gateway.ts';

const REQUESTS = 8;
/** As large as a body may be: all of it has to be sent again. */
const LARGE = JSON.stringify({ query: 'x'.repeat(100_000) });

const haproxy = testedHaproxy();

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('the gateway', () => behind(haproxy));

function behind(binary: string): void {
  const well: Handler = ({ body }, response) => json(response, { data: { bytes: body.length } });
  /** Says that it is ready, and then this becomes of the requests that it gets. */
  const ill =
    (illness: Handler): Handler =>
    (request, response, raw) =>
      request.url === '/readyz' ? json(response, {}) : illness(request, response, raw);
  const addresses = (...bffs: readonly LocalService[]) => bffs.map(({ url }) => url.slice('http://'.length));
  const asked = ({ arrived }: LocalService) => arrived.filter(({ url }) => url !== '/readyz');

  test.each<[string, Handler]>([
    ['dies with it', (_request, _response, raw) => raw.socket.destroy()],
    ['sheds load', (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end('{"errors":[]}')],
    ['is frozen', () => {}],
  ])('retries on another process if one %s', async (_what, illness) => {
    await using healthy = await startLocalService(well);
    await using sick = await startLocalService(ill(illness));
    await using gateway = await startGateway(
      binary,
      { mobile: addresses(sick, healthy), web: [], partner: [] },
      { ANSWER_TIMEOUT: '2s' },
    );
    const headers = { authorization: `Bearer ${await gateway.token()}`, 'x-request-id': 'r_1' };
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () => gateway.ask('/mobile/graphql', { method: 'POST', headers, body: LARGE })),
    );
    for (const { status, text } of answers) {
      expect({ status, ...JSON.parse(text) }).toEqual({ status: 200, data: { bytes: LARGE.length } });
    }
    expect(asked(sick).length).toBeGreaterThan(0);
    for (const { body, headers: got } of [...asked(sick), ...asked(healthy)]) {
      expect({ body: body.length, id: got['x-request-id'], user: got['x-user-id'] }).toEqual({
        body: LARGE.length,
        id: 'r_1',
        user: 'u_42',
      });
    }
  });

  test('keeps a process with slow health checks', async () => {
    await using quick = await startLocalService(well);
    await using slow = await startLocalService((request, response, raw) => {
      if (request.url !== '/readyz') well(request, response, raw);
    });
    await using gateway = await startGateway(binary, { mobile: addresses(slow, quick), web: [], partner: [] });
    const headers = { authorization: `Bearer ${await gateway.token()}` };
    // By then it would have been looked at thrice.
    await until(() => quick.arrived.length >= 5);
    for (let count = 0; count < REQUESTS; count += 1) await gateway.ask('/mobile/graphql', { headers });
    expect(asked(slow).length).toBeGreaterThan(0);
  });

  test('returns 503 after three processes shed the request', async () => {
    const shed: Handler = (_request, response) =>
      response.writeHead(503, { 'retry-after': '1', 'content-type': 'application/json' }).end('{"errors":["full"]}');
    await using one = await startLocalService(ill(shed));
    await using other = await startLocalService(ill(shed));
    await using gateway = await startGateway(binary, { mobile: addresses(one, other), web: [], partner: [] });
    const headers = { authorization: `Bearer ${await gateway.token()}` };
    const answer = await gateway.ask('/mobile/graphql', { headers });
    expect(answer).toMatchObject({ status: 503, text: '{"errors":["full"]}', headers: { 'retry-after': '1' } });
    expect(asked(one).length + asked(other).length).toBe(3);
  });

  test('sends no requests to processes that are not ready, and returns 503 if none is', async () => {
    let isReady = true;
    await using bff = await startLocalService((_request, response) => {
      response.writeHead(isReady ? 200 : 503).end('{}');
    });
    await using gateway = await startGateway(binary, { mobile: addresses(bff), web: [], partner: [] });
    const headers = { authorization: `Bearer ${await gateway.token()}`, 'x-request-id': 'r_1' };
    const ask = () => gateway.ask('/mobile/graphql', { headers });
    expect((await ask()).status).toBe(200);

    isReady = false;
    // One that is being sent again at the moment when the last process goes has its connection closed by HAProxy 2.6.
    await until(async () => (await ask().catch(() => undefined))?.text.includes('No server is available') ?? false);
    const before = asked(bff).length;
    const { status, text, headers: answered } = await ask();
    expect({ status, ...JSON.parse(text) }).toEqual({
      status: 503,
      errors: [
        {
          message: 'No server is available. Retry in a second.',
          extensions: { code: 'SERVICE_UNAVAILABLE', requestId: 'r_1' },
        },
      ],
    });
    expect(answered['retry-after']).toBe('1');
    expect(asked(bff).length).toBe(before);

    isReady = true;
    await until(async () => (await ask()).status === 200);
  });
}
