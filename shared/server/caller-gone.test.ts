import { expect, test } from '@jest/globals';
import { bff } from '../../bffs/mobile/bff.ts';
import { startBff } from '../../testing/bff.ts';
import { startLocalService } from '../../testing/local-service.ts';

test('a caller who hangs up cancels every call of the request, and nothing is logged as an error', async () => {
  const caller = new AbortController();
  let waiting = 0;
  await using service = await startLocalService(() => {
    waiting += 1;
    if (waiting === 3) caller.abort();
  });
  await using running = await startBff(bff, { users: service.url, orders: service.url, catalog: service.url });
  const asked = fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-User-Id': 'u_42' },
    body: JSON.stringify({ query: '{ home { greeting recentOrders { id } promos { id } } }' }),
    signal: caller.signal,
  });
  await expect(asked).rejects.toThrow(/abort/);
  await Promise.all(service.arrived.map(({ cancelled }) => cancelled));
  expect(service.arrived).toHaveLength(3);
  expect(running.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});
