import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { expect, jest, test } from '@jest/globals';
import { Connections } from './http/connections.ts';

const things = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id' });
const call = { endpoint: things, path: '/things', keys: 0 };

/** A service that records the connection of each request. */
async function startWatched() {
  const connections: (number | undefined)[] = [];
  const service = await startLocalService((_request, response, raw) => {
    connections.push(raw.socket.remotePort);
    json(response, []);
  });
  return { service, connections };
}

const pass = async (ms: number) => {
  const until = Date.now() + ms;
  while (Date.now() <= until) await new Promise((resolve) => setImmediate(resolve));
};

test('the number of connections is limited', async () => {
  const { service, connections } = await startWatched();
  await using _service = service;
  await using fetcher = fetcherFor(service.url, 10_000, { connections: 2 });
  await Promise.all(Array.from({ length: 20 }, () => fetcher.fetch(call, requestContext())));
  expect(connections).toHaveLength(20);
  expect(new Set(connections).size).toBe(2);
});

test('a connection is reused until its age limit', async () => {
  const { service, connections } = await startWatched();
  await using _service = service;
  await using young = fetcherFor(service.url, 10_000, { connections: 1, connectionAgeMs: 60_000 });
  await using old = fetcherFor(service.url, 10_000, { connections: 1, connectionAgeMs: 1 });
  for (const fetcher of [young, young, old, old]) {
    await fetcher.fetch(call, requestContext());
    await pass(2);
  }
  const [first, second, third, fourth] = connections;
  expect(second).toBe(first);
  expect(fourth).not.toBe(third);
});

test('a connection is replaced at its age limit, and a dropped one is forgotten', async () => {
  const { service } = await startWatched();
  await using _service = service;
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  const connections = new Connections(service.url, { timeoutMs: 1_000, keepAliveMs: 60_000, connectionAgeMs: 1_000 });
  const first = connections.take();
  connections.giveBack(first);
  now = 999;
  expect(connections.take()).toBe(first);
  connections.giveBack(first);
  now = 1_000;
  const second = connections.take();
  expect(second).not.toBe(first);
  expect(connections.open).toBe(1);
  connections.drop(second);
  expect(connections.open).toBe(0);
  clock.mockRestore();
  await connections.close(new Error('done'));
});

test('an idle connection is closed after its keep-alive time', async () => {
  // The service sends the header itself, so that Node adds no Keep-Alive header with a timeout.
  await using service = await startLocalService((_request, response) =>
    json(response, [], { connection: 'keep-alive' }),
  );
  await using hasty = fetcherFor(service.url, 10_000, { keepAliveMs: 1 });
  await hasty.fetch(call, requestContext());
  while ((await service.connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
  await using patient = fetcherFor(service.url, 10_000, { keepAliveMs: 60_000 });
  await patient.fetch(call, requestContext());
  await pass(20);
  expect(await service.connections()).toBe(1);
});

test('the age limit does not end a call in flight', async () => {
  let answerFirst = () => {};
  await using service = await startLocalService((request, response) => {
    if (request.url === '/slow') answerFirst = () => json(response, [{ id: 'slow' }]);
    else json(response, []);
  });
  await using fetcher = fetcherFor(service.url, 10_000, { connectionAgeMs: 1 });
  const slow = fetcher.fetch({ ...call, path: '/slow' }, requestContext());
  while (service.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await pass(2);
  await fetcher.fetch(call, requestContext());
  answerFirst();
  expect((await slow).json).toEqual([{ id: 'slow' }]);
});
