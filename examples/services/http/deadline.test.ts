import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Router } from 'express';
import { createApp } from './serve.ts';

const SLOW_MS = 50;

let worked: string[];
let server: ReturnType<typeof createServer>;
let url: string;

beforeEach(async () => {
  worked = [];
  const routes = Router().get('/things/:id', ({ params }, response) => {
    worked.push(params.id);
    // As a query does, it holds the whole process.
    const end = performance.now() + SLOW_MS;
    while (performance.now() < end);
    response.json({ id: params.id });
  });
  server = createServer(createApp(routes)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const ask = (id: string, leftMs: string) =>
  fetch(`${url}/things/${id}`, { headers: { 'x-request-timeout-ms': leftMs } });

test.each(['60000', '', 'soon', '-1'])('with %j left, it answers', async (leftMs) => {
  expect((await ask('a', leftMs)).status).toBe(200);
});

test('for a caller without time it does not work at all', async () => {
  const response = await ask('a', '0');
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ title: 'Gateway Timeout', status: 504 });
  expect(worked).toEqual([]);
});

test('for a caller who has gone it does not work either', async () => {
  const { port } = new URL(url);
  const gone = request({ port, host: '127.0.0.1', path: '/things/gone' });
  gone.on('error', () => {});
  // The connection ends while the request waits for its turn.
  server.prependOnceListener('request', (arrived) => arrived.socket.destroy());
  const closed = new Promise<void>((resolve) => gone.once('close', resolve));
  gone.end();
  await closed;
  await delay(SLOW_MS);
  expect(worked).toEqual([]);
  expect((await ask('a', '60000')).status).toBe(200);
  expect(worked).toEqual(['a']);
});
