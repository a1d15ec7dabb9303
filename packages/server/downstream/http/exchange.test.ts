import type { ServerResponse } from 'node:http';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterEach, expect, test } from '@jest/globals';
import { Connections } from './connections.ts';
import { exchange } from './exchange.ts';

const opened: Connections[] = [];
afterEach(() => Promise.all(opened.splice(0).map((connections) => connections.close(new Error('over')))));

/** Sends requests one after another. Each may be sent again. */
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

test('a request is sent again on a new connection when the used one was closed before any response', async () => {
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
  ['an interim response', (response) => response.writeProcessing()],
  ['a 100 Continue', (response) => response.writeContinue()],
  ['half of the response', (response) => response.writeHead(200, { 'content-length': 9 }).write('[')],
  ['data that is not HTTP', (response) => response.socket?.write('SSH-2.0-OpenSSH_9.2\r\n')],
])('a request is not sent again when the service had begun to respond: %s', async (_what, begin) => {
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

const FINAL = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]';

test.each<[string, string]>([
  ['a 100', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a 100 without a reason', 'HTTP/1.0 100\r\n\r\n'],
  ['a 100 with headers', 'HTTP/1.1 100 Continue\r\nx-a: b\r\n\r\n'],
  ['three of them', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)],
  ['a 102', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['a 103', 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n'],
  ['a 103 before a 100', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
  ['an undefined status', 'HTTP/1.1 199 What\r\n\r\n'],
])('an interim response is dropped: %s', async (_what, interim) => {
  await using service = await startLocalService((_request, _response, { socket }) => socket.write(interim + FINAL));
  const { record, send } = exchanges(service.url);
  for (let times = 0; times < 3; times += 1) {
    expect(await send()).toMatchObject({ status: 200, body: Buffer.from('[]') });
  }
  expect(record.attempts).toBe(1);
  expect(await service.connections()).toBe(1);
});

test('interim responses may arrive byte by byte', async () => {
  const bytes = [...`HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${FINAL}`];
  await using service = await startLocalService(async (_request, _response, { socket }) => {
    socket.setNoDelay(true);
    for (const byte of bytes) await new Promise((written) => socket.write(byte, written));
  });
  const { send } = exchanges(service.url);
  expect(await send()).toMatchObject({ status: 200, body: Buffer.from('[]') });
});

test.each([
  ['no end', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a head without an end', `HTTP/1.1 100 Continue\r\nx: ${'x'.repeat(20_000)}`],
  ['another protocol', `HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n${FINAL}`],
])('an interim response with %s is rejected', async (_what, interim) => {
  await using service = await startLocalService((_request, _response, { socket }) => socket.end(interim));
  const { send } = exchanges(service.url);
  await expect(send()).rejects.toThrow();
});

test('text like an interim response in the body is kept', async () => {
  const body = 'HTTP/1.1 100 Continue\r\n\r\n';
  await using service = await startLocalService((_request, response) => response.end(body));
  const { send } = exchanges(service.url);
  expect((await send()).body.toString()).toBe(body);
});

test('a request is not sent again when the connection was new', async () => {
  await using service = await startLocalService((_request, _response, { socket }) => socket.resetAndDestroy());
  const { record, send } = exchanges(service.url);
  await expect(send()).rejects.toThrow();
  expect(record.attempts).toBe(1);
});

test('a request is not sent again when this process has closed the connection', async () => {
  await using service = await startLocalService((_request, response) => {
    if (service.arrived.length === 1) json(response, []);
    else void connections.close(new Error('closed'));
  });
  const { connections, record, send } = exchanges(service.url);
  await send();
  await expect(send()).rejects.toThrow();
  expect(record.attempts).toBe(1);
});
