import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { issuerSettings, type SigningKey } from '@facet/cli/internal/gateway/issuer.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { describe, expect, test } from '@jest/globals';
import { CALLERS, type RunningGateway, startGateway, testedHaproxy } from './testing/gateway.ts';

const haproxy = testedHaproxy();

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('the keys of the gateway', () => behind(haproxy));

function behind(binary: string): void {
  test('keys are rotated by seamless reloads', async () => {
    await using bff = await startLocalService((_request, response) => json(response, { data: {} }));
    const servers = { mobile: [bff.url.slice('http://'.length)], web: [], partner: [] };
    await using both = await startGateway(binary, servers);
    const [old, next] = both.keys;
    /** Statuses for a token signed by the old key, and by the new one. */
    const statuses = (gateway: RunningGateway) =>
      Promise.all(
        [old, next].map(async (key) => {
          const headers = { authorization: `Bearer ${await gateway.token({}, {}, key)}` };
          return (await gateway.ask('/mobile/graphql', { headers })).status;
        }),
      );
    expect(await statuses(both)).toEqual([200, 200]);

    await using onlyOld = await startGateway(binary, servers, only(old), both);
    await both.ended;
    expect(await statuses(onlyOld)).toEqual([200, 401]);

    await using again = await startGateway(binary, servers, {}, onlyOld);
    await onlyOld.ended;
    expect(await statuses(again)).toEqual([200, 200]);

    await using onlyNext = await startGateway(binary, servers, only(next), again);
    await again.ended;
    expect(await statuses(onlyNext)).toEqual([401, 200]);
  });
}

/** Settings with this key alone; the second one is what an unset setting makes of it. */
function only(key: SigningKey): Record<string, string> {
  return issuerSettings([key, key], CALLERS);
}
