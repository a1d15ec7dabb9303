import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { bff as mobile } from '../../bffs/mobile/bff.ts';
import { bff as web } from '../../bffs/web/bff.ts';
import { type RunningBff, startBff } from '../../testing/bff.ts';
import { type Arrived, json, startLocalService } from '../../testing/local-service.ts';

const USERS = 1_000;
const AT = '2026-01-01T00:00:00Z';

/** Answers everything out of the identity that came with it, after a different number of turns each time. */
async function answer(request: Arrived, response: ServerResponse) {
  for (let turns = Math.floor(Math.random() * 20); turns > 0; turns -= 1) await new Promise((go) => setImmediate(go));
  const caller = request.headers['x-user-id'];
  const url = new URL(request.url, 'http://x');
  const ids = url.searchParams.get('ids')?.split(',') ?? [];
  const address = { street: 's', city: 'c', postcode: 'p', country: 'US' };
  if (url.pathname === '/users') {
    json(
      response,
      ids.map((id) => ({
        id,
        firstName: `${id}/${caller}`,
        lastName: 'x',
        email: 'e',
        avatarUrl: `a/${caller}`,
        createdAt: AT,
        address,
      })),
    );
  } else if (url.pathname === '/orders') {
    const items = [{ productId: `p_${caller}`, quantity: 1, unitPriceCents: 1, currency: 'USD' }];
    json(response, [
      { id: `o_${caller}`, status: 'paid', totalCents: 1, currency: 'USD', itemCount: 1, placedAt: AT, items },
    ]);
  } else if (url.pathname === '/products') {
    json(
      response,
      ids.map((id) => ({ id, name: `${id}`, imageUrl: 'i' })),
    );
  } else {
    json(response, []);
  }
}

test(`${USERS} users in parallel each get their own Home and Dashboard`, async () => {
  await using service = await startLocalService(answer);
  const urls = { users: service.url, orders: service.url, catalog: service.url };
  const patient = { REQUEST_DEADLINE_MS: '60000', SERVICE_TIMEOUT_MS: '60000' };
  await using home = await startBff(mobile, urls, patient);
  await using dashboard = await startBff(web, urls, patient);
  const ids = Array.from({ length: USERS }, (_, index) => `u_${index}`);
  const ask = (running: RunningBff, screen: string, id: string) => running.screen(screen, {}, { 'X-User-Id': id });
  await Promise.all(
    ids.map(async (id) => {
      const [mine, board] = await Promise.all([ask(home, 'Home', id), ask(dashboard, 'Dashboard', id)]);
      expect(mine.errors).toEqual([]);
      expect(mine.data.home).toMatchObject({
        greeting: `Hi ${id}/${id}`,
        avatar: `a/${id}`,
        recentOrders: [{ id: `o_${id}` }],
      });
      expect(board.errors).toEqual([]);
      expect(board.data.dashboard).toMatchObject({
        profile: { id, name: `${id}/${id} x` },
        orders: [{ id: `o_${id}`, items: [{ product: { id: `p_${id}`, name: `p_${id}` } }] }],
      });
    }),
  );
  const withIdentity = service.arrived.filter(
    ({ url, headers }) => /^\/(products|promos)/.test(url) && headers['x-user-id'],
  );
  expect(withIdentity).toEqual([]);
}, 120_000);
