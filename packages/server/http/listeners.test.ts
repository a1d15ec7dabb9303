import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer, Server as NetServer } from 'node:net';
import { setImmediate as nextIteration } from 'node:timers/promises';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, afterEach, expect, jest, test } from '@jest/globals';
import { listenOn } from './server/listeners.ts';

const BURST = 400;

afterEach(() => {
  jest.restoreAllMocks();
});

test('accepts several connections in each iteration of the event loop', async () => {
  let accepted = 0;
  const server = createServer().on('connection', () => {
    accepted += 1;
  });
  const { port, close } = await listenOn(server, 0);
  const sockets = Array.from({ length: BURST }, () => connect(port, '127.0.0.1'));
  let iterations = 0;
  while (accepted < BURST) {
    await nextIteration();
    // The kernel completes connections in their order; nothing is to be accepted before.
    if (accepted > 0) iterations += 1;
  }
  for (const socket of sockets) socket.destroy();
  await close();
  expect(iterations).toBeLessThan(BURST / 2);
});

test('answers requests on each of its listeners, and closes all of them', async () => {
  const server = createServer((_request, response) => response.end('here'));
  const { port, close } = await listenOn(server, 0);
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })).text();
  const texts = await Promise.all(Array.from({ length: 64 }, ask));
  expect(new Set(texts)).toEqual(new Set(['here']));
  await close();
  await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('answers the requests of all listeners before it is closed', async () => {
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => responses.push(response));
  const { port, close } = await listenOn(server, 0);
  const asked = Array.from({ length: 32 }, () => fetch(`http://127.0.0.1:${port}`));
  await until(() => responses.length === asked.length);
  let isClosed = false;
  const closed = close().then(() => {
    isClosed = true;
  });
  const last = responses.pop();
  for (const response of responses) response.setHeader('Connection', 'close').end();
  await Promise.all(responses.map((response) => once(response, 'close')));
  expect(isClosed).toBe(false);
  last?.setHeader('Connection', 'close').end();
  await closed;
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 200));
});

test.each(['a server of one listener', 'a server of several listeners'])('rejects a port that %s has', async (kind) => {
  const port = await (kind.endsWith('one listener') ? plainPort() : sharedPort());
  await expect(listenOn(createServer(), port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('listens on nothing when one of its listeners fails', async () => {
  const { listen } = NetServer.prototype;
  let calls = 0;
  jest.spyOn(NetServer.prototype, 'listen').mockImplementation(function (this: NetServer, ...parameters) {
    calls += 1;
    if (calls < 5) return Reflect.apply(listen, this, parameters);
    process.nextTick(() => this.emit('error', new Error('no fifth listener')));
    return this;
  });
  const server = createServer((_request, response) => response.end('here'));
  let port = 0;
  server.once('listening', () => {
    port = (server.address() as AddressInfo).port;
  });
  await expect(listenOn(server, 0)).rejects.toThrow('no fifth listener');
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('reports the errors of all listeners as errors of the server', async () => {
  const listen = jest.spyOn(NetServer.prototype, 'listen');
  const server = createServer();
  const { close } = await listenOn(server, 0);
  const errors: Error[] = [];
  server.on('error', (error) => errors.push(error));
  const listeners = listen.mock.contexts as NetServer[];
  for (const listener of listeners) listener.emit('error', new Error('accept EMFILE'));
  expect(errors).toHaveLength(listeners.length);
  await close();
});

const others: { close(): unknown }[] = [];

afterAll(() => Promise.all(others.map((other) => other.close())));

async function plainPort(): Promise<number> {
  const other = createNetServer().listen(0);
  others.push(other);
  await once(other, 'listening');
  return (other.address() as AddressInfo).port;
}

async function sharedPort(): Promise<number> {
  const other = await listenOn(createServer(), 0);
  others.push(other);
  return other.port;
}
