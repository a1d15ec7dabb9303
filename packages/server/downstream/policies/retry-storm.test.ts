import type { ServerResponse } from 'node:http';
import { startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';

const things = listOf<{ readonly id: string }>()({
  service: 'loans',
  path: '/things',
  params: ['after'],
  rowKey: 'id',
});

/** Share of retries among the calls, and additional retries per second. */
const MOST_TIMES = 1.2;
const PER_SECOND = 3;

test.each([
  ['resets connections', (response: ServerResponse) => response.socket?.resetAndDestroy()],
  ['answers 503', (response: ServerResponse) => response.writeHead(503).end()],
])('a service that always %s gets at most a fifth more calls', async (_, fail) => {
  await using service = await startLocalService((_request, response) => fail(response));
  await using fetcher = fetcherFor(service.url, 10_000, { circuitBreaker: false });
  const startedAt = performance.now();
  let asked = 0;
  let failed = 0;
  const caller = async () => {
    while (asked < 2_000) {
      asked += 1;
      const call = { endpoint: things, keys: 0, path: `/things?after=${asked}` };
      await fetcher.fetch(call, requestContext()).catch(() => {
        failed += 1;
      });
    }
  };
  await Promise.all(Array.from({ length: 50 }, caller));
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(failed).toBe(asked);
  const extra = service.arrived.length - asked;
  expect(extra).toBeLessThanOrEqual((MOST_TIMES - 1) * asked + PER_SECOND * (1 + seconds));
  // The budget was used up, so that the bound above is meaningful.
  expect(extra).toBeGreaterThan(0.1 * asked);
});
