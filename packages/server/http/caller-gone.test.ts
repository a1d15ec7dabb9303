import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { startBff } from '@facet/testing/internal/bff.ts';
import { bff } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { expect, test } from '@jest/globals';
import { Reserve } from '../request/deadline.ts';
import { createRequestContext, createRequestState } from './request-state.ts';

test('a caller who hangs up cancels every call of the request, and nothing is logged as an error', async () => {
  const caller = new AbortController();
  let waiting = 0;
  await using service = await startLocalService(() => {
    waiting += 1;
    if (waiting === 3) caller.abort();
  });
  await using running = await startBff(bff, { members: service.url, loans: service.url, library: service.url });
  const asked = fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Member-Id': 'm_42' },
    body: JSON.stringify({ query: '{ home { greeting recentLoans { id } readings { id } } }' }),
    signal: caller.signal,
  });
  await expect(asked).rejects.toThrow(/abort/);
  await Promise.all(service.arrived.map(({ cancelled }) => cancelled));
  expect(service.arrived).toHaveLength(3);
  expect(running.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test('in the same turn of the event loop: when its end is told, the sockets of its calls are closed', async () => {
  await using service = await startLocalService(() => {});
  await using fetcher = fetcherFor(service.url);
  const sockets: Socket[] = [];
  // Where undici tells of its connections.
  const onConnected = (message: unknown) => {
    const { socket, connectParams } = message as { socket: Socket; connectParams: { port: string } };
    if (service.url.endsWith(`:${connectParams.port}`)) sockets.push(socket);
  };
  subscribe('undici:client:connected', onConnected);
  const things = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id' });
  const { promise: closed, resolve: close } = Promise.withResolvers<boolean[]>();
  const server = createServer((request, response) => {
    const opening = {
      requestDeadlineMs: 60_000,
      reserve: new Reserve(),
      sandbox: undefined,
    } as const;
    const identity = { header: 'X-Member-Id', id: 'm_42' };
    const context = createRequestContext(createRequestState(request, response), identity, opening);
    for (const path of ['/a', '/b', '/c']) {
      fetcher.fetch({ endpoint: things, path, keys: 0 }, context).catch(() => {});
    }
    // After the listener that the calls have made, in the same stack.
    response.once('close', () => close(sockets.map(({ destroyed }) => destroyed)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const caller = connect((server.address() as AddressInfo).port, '127.0.0.1');
  caller.write('GET / HTTP/1.1\r\nHost: x\r\nX-Member-Id: m_42\r\n\r\n');
  await until(() => service.arrived.length === 3);
  caller.destroy();
  expect(await closed).toEqual([true, true, true]);
  unsubscribe('undici:client:connected', onConnected);
  server.close();
});
