import { connect } from 'node:net';
import { listening } from '@facet/testing/internal/listening.ts';
import { until } from '@facet/testing/internal/until.ts';
import { expect, test } from '@jest/globals';
import express from 'express';
import { createLog } from '../telemetry/log.ts';
import { readBody } from './input/body.ts';
import { errorBoundary } from './output/error-boundary.ts';
import { ByteBudget } from './overload/byte-budget.ts';
import { ServerLoad } from './overload/server-load.ts';
import { clientErrorHandler } from './server/client-error.ts';
import { createHttpServer } from './server/http-server.ts';

const bodies = (timeoutMs: number) => ({ timeoutMs, budget: new ByteBudget(1_000_000), load: new ServerLoad() });

/** A load balancer keeps idle connections for so long. */
const BALANCER_MS = 60_000;

test('idle connections and late headers outlast a load balancer', () => {
  const server = createHttpServer(express());
  expect(server.keepAliveTimeout).toBeGreaterThan(BALANCER_MS);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
});

test.each([
  ['a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n', '{'],
  ['a body in chunks', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\n{\r\n'],
  ['headers', 'GET / HTTP/1.1\r\nHost: x\r\n', 'a: b\r\n'],
  ['a request line', 'GET /', 'x'],
  ['nothing', '', ''],
])('who sends %s bit by bit without end is answered 408, and hung up on', async (_what, start, bit) => {
  const app = express().post('/', (request, response) => readBody(request, response, bodies(10_000)));
  app.use(((_error, _request, response, _next) => response.destroy()) satisfies express.ErrorRequestHandler);
  const server = createHttpServer(app, {
    arrival: { headersMs: 200, wholeMs: 300, checkEveryMs: 20 },
    answerUnparsable: clientErrorHandler('X-Member-Id', {}, createLog('test', 'silent')),
  });
  await using place = await listening(server);
  const socket = connect(place.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(start);
  const dripping = setInterval(() => socket.write(bit), 20);
  let answer = '';
  try {
    for await (const chunk of socket) answer += chunk;
  } finally {
    clearInterval(dripping);
  }
  expect(answer).toMatch(/^HTTP\/1.1 408 [\s\S]*"The request took too long."/);
});

test.each([
  ['by a body that does not go on', 'Content-Length: 100\r\n\r\n{', 408],
  ['by a body in chunks that does not go on', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n', 408],
  ['by what is no chunk', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n', 400],
])('nobody keeps the place of a request %s, though he keeps his side open', async (_what, rest, status) => {
  const log = createLog('test', 'silent');
  const { promise: left, resolve } = Promise.withResolvers<void>();
  const app = express();
  app.post('/', (_request, response, next) => {
    response.once('close', resolve);
    next();
  });
  app.post('/', (request, response) => readBody(request, response, bodies(100)));
  app.use(errorBoundary(log));
  const server = createHttpServer(app, { answerUnparsable: clientErrorHandler('X-Member-Id', {}, log) });
  await using place = await listening(server);
  const socket = connect({ port: place.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${rest}`);
  await left;
  await until(() => answer.startsWith(`HTTP/1.1 ${status} `));
  socket.destroy();
});
