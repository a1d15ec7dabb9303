import { startBff } from '@facet/testing/internal/bff.ts';
import { bff } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

const DEADLINE_MS = 60_000;

let now = 0;
beforeEach(() => {
  now = 1_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('services are given 50 ms less than the caller waits, and less still once answers took longer to leave', async () => {
  // The second answer comes when its call's time is over for 150 ms, as where the process was busy with others.
  const tookMs = [0, DEADLINE_MS - 50 + 150];
  await using service = await startLocalService((_request, response) => {
    now += tookMs[service.arrived.length - 1] ?? 0;
    json(response, [{ id: 'm_42', firstName: 'Ada' }]);
  });
  const urls = { members: service.url, loans: service.url, library: service.url };
  await using running = await startBff(bff, urls, {
    REQUEST_DEADLINE_MS: String(DEADLINE_MS),
    SERVICE_TIMEOUT_MS: String(DEADLINE_MS),
  });
  for (let requests = 0; requests < 3; requests += 1) {
    const { data } = await running.query('{ home { greeting } }');
    expect(data).toEqual({ home: { greeting: 'Hi Ada' } });
  }
  const given = service.arrived.map(({ headers }) => headers['x-request-timeout-ms']);
  expect(given).toEqual(['59950', '59950', String(Math.floor(DEADLINE_MS - 150 * 1.25))]);
});
