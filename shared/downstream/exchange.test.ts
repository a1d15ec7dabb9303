import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { json, startLocalService } from '../../testing/local-service.ts';
import { Connections } from './connections.ts';
import { exchange } from './exchange.ts';

const opened: Connections[] = [];
afterEach(() => Promise.all(opened.splice(0).map((connections) => connections.close(new Error('over')))));

/** Sends requests one after the other, each of which may be sent again. */
function exchanges(url: string) {
  const connections = new Connections(url, { timeoutMs: 10_000, keepAliveMs: 10_000, connectionAgeMs: 60_000 });
  opened.push(connections);
  const record = { bytes: 0, attempts: 1 };
  const bounds = {
    remainingMs: () => 60_000,
    timeoutError: () => new Error('too late'),
    maxBytes: 1_000,
    signal: new AbortController().signal,
    record,
  };
  const send = () => exchange(connections, { method: 'GET', path: '/' }, bounds);
  return { connections, record, send };
}

test('a request is sent again on a new connection where the used one was closed before any answer', async () => {
  await using service = await startLocalService((_request, response, { socket }) => {
    if (service.arrived.length === 2) socket.resetAndDestroy();
    else json(response, []);
  });
  const { record, send } = exchanges(service.url);
  await send();
  expect(await send()).toMatchObject({ status: 200 });
  expect(record.attempts).toBe(2);
});

test.each<[string, (response: ServerResponse) => unknown]>([
  ['an announcement of the answer', (response) => response.writeProcessing()],
  ['half of the answer', (response) => response.writeHead(200, { 'content-length': 9 }).write('[')],
  ['what is no HTTP', (response) => response.socket?.write('SSH-2.0-OpenSSH_9.2\r\n')],
])('but not where the service had begun to answer: %s', async (_what, begin) => {
  await using service = await startLocalService((_request, response, { socket }) => {
    if (service.arrived.length === 1) return json(response, []);
    begin(response);
    return setImmediate(() => socket.end());
  });
  const { record, send } = exchanges(service.url);
  await send();
  await expect(send()).rejects.toThrow();
  expect(record.attempts).toBe(1);
  expect(service.arrived).toHaveLength(2);
});

test('nor where the connection was new', async () => {
  await using service = await startLocalService((_request, _response, { socket }) => socket.resetAndDestroy());
  const { record, send } = exchanges(service.url);
  await expect(send()).rejects.toThrow();
  expect(record.attempts).toBe(1);
});

test('nor where we have closed it ourselves', async () => {
  await using service = await startLocalService((_request, response) => {
    if (service.arrived.length === 1) json(response, []);
    else void connections.close(new Error('closed'));
  });
  const { connections, record, send } = exchanges(service.url);
  await send();
  await expect(send()).rejects.toThrow();
  expect(record.attempts).toBe(1);
});
