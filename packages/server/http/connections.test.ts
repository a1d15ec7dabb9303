import { once } from 'node:events';
import { connect } from 'node:net';
import { listening } from '@facet/testing/internal/listening.ts';
import { callDeaf, sendRaw } from '@facet/testing/internal/raw.ts';
import { servicesAt } from '@facet/testing/internal/request.ts';
import { until } from '@facet/testing/internal/until.ts';
import { describe, expect, test } from '@jest/globals';
import express, { type Express } from 'express';
import { createLog } from '../telemetry/log.ts';
import { ServerLoad } from './overload/server-load.ts';
import type { Readiness } from './routes/health.ts';
import { clientErrorHandler } from './server/client-error.ts';
import { createHttpServer, type ServerOptions } from './server/http-server.ts';
import { stop } from './stop.ts';

const log = createLog('test', 'silent');

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const LAST = 'Connection: close\r\n';

/** A server for an app, and how busy it is. */
async function serve(app: Express, options: ServerOptions = {}) {
  const load = new ServerLoad();
  const server = createHttpServer(app, {
    load,
    answerUnparsable: clientErrorHandler('X-Member-Id', {}, log),
    ...options,
  });
  const place = await listening(server);
  return { load, server, url: `http://127.0.0.1:${place.port}`, ...place };
}

/** Answers with the path, one turn of the event loop later; notes how many requests it has at once. */
function slowApp() {
  const seen = { atOnce: 0, most: 0, paths: [] as string[] };
  const app = express().use((request, response) => {
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    seen.paths.push(request.path);
    setImmediate(() => {
      seen.atOnce -= 1;
      response.end(request.path);
    });
  });
  return { app, seen };
}

describe('requests that are pipelined on one connection', () => {
  test('are answered one at a time, in their order', async () => {
    const { app, seen } = slowApp();
    await using place = await serve(app);
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    const answer = await sendRaw(place.url, `${paths.map((path) => get(path)).join('')}${get('/last', LAST)}`);
    expect(Array.from(answer.matchAll(/\r\n\r\n(\/\w+?)(?=HTTP|$)/g), ([, body]) => body)).toEqual([...paths, '/last']);
    expect(seen).toEqual({ atOnce: 0, most: 1, paths: [...paths, '/last'] });
  });

  test('are answered though the caller reads the first response late', async () => {
    const app = express();
    app.get('/large', (_request, response) => response.end('x'.repeat(16_000_000)));
    app.get('/small', (_request, response) => response.end('small'));
    await using place = await serve(app, { writeTimeoutMs: 60_000 });
    using deaf = callDeaf(place.url, 1, `${get('/large')}${get('/small')}${get('/small', LAST)}`);
    const [socket] = deaf.sockets;
    await until(() => (socket?.bytesWritten ?? 0) > 0 && place.load.connections === 1);
    let answer = '';
    for await (const chunk of socket ?? []) answer += chunk;
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(answer.endsWith('small')).toBe(true);
  });

  test('close the connection where too many of them wait', async () => {
    const { app, seen } = slowApp();
    await using place = await serve(app);
    expect(await sendRaw(place.url, get('/').repeat(100))).toBe('');
    expect(place.load.closed.pipelining).toBe(1);
    expect(seen.paths.length).toBeLessThanOrEqual(1);
  });

  test('close the connection with the longest queue where too many wait in all', async () => {
    const { promise: open, resolve: answerAll } = Promise.withResolvers<void>();
    let started = 0;
    const app = express().use(async (request, response) => {
      started += 1;
      await open;
      response.end(request.path);
    });
    await using place = await serve(app);
    // 62 connections with 16 waiting, and one with 8: 1,000.
    using _greedy = callDeaf(place.url, 62, get('/').repeat(17));
    using _modest = callDeaf(place.url, 1, get('/').repeat(9));
    await until(() => started === 63);
    const answer = sendRaw(place.url, `${get('/first')}${get('/second', LAST)}`);
    await until(() => place.load.closed.pipelining === 1);
    answerAll();
    expect((await answer).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    // The other 61, the modest one, and no more.
    expect(place.load).toMatchObject({ connections: 62, closed: { pipelining: 1 } });
  });

  test('are not answered after one that was the last', async () => {
    const { app, seen } = slowApp();
    await using place = await serve(app);
    await sendRaw(place.url, `${get('/first', LAST)}${get('/second')}`);
    expect(seen.paths).toEqual(['/first']);
  });

  test('wait for no one when their caller has gone', async () => {
    const { promise: open, resolve: answerAll } = Promise.withResolvers<void>();
    const paths: string[] = [];
    const app = express().use(async (request, response) => {
      paths.push(request.path);
      await open;
      response.end();
    });
    await using place = await serve(app);
    const socket = connect(place.port, '127.0.0.1');
    socket.write(get('/first') + get('/second'));
    await until(() => paths.length === 1);
    socket.destroy();
    await until(() => place.load.connections === 0);
    answerAll();
    await sendRaw(place.url, get('/other', LAST));
    expect(paths).toEqual(['/first', '/other']);
  });

  test('are answered before the refusal of what is not HTTP behind them', async () => {
    const { app } = slowApp();
    await using place = await serve(app);
    const answer = await sendRaw(place.url, `${get('/first')}${get('/second')}NONSENSE\r\n\r\n`);
    expect(Array.from(answer.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status)).toEqual(['200', '200', '400']);
  });
});

test('a response that is being read while the server stops is not cut short', async () => {
  const bytes = 16_000_000;
  const app = express().use((_request, response) => response.end('x'.repeat(bytes)));
  const readiness: Readiness = { state: 'ready' };
  await using place = await serve(app, {
    isStopping: () => readiness.state === 'stopping',
    writeTimeoutMs: 60_000,
  });
  const { load, server, url } = place;
  const asked = once(server, 'request');
  using deaf = callDeaf(url, 1, get('/'));
  await asked;
  expect(load.connections).toBe(1);
  const listening = { close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
  const stopped = stop({ server, listening, readiness, services: servicesAt(url), drainMs: 0, log });
  await until(() => !server.listening);
  server.closeIdleConnections();
  let received = 0;
  for await (const chunk of deaf.sockets[0] ?? []) received += String(chunk).length;
  expect(received).toBeGreaterThan(bytes);
  await stopped;
});
