import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { expect, test } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { buildSchema } from 'graphql';
import { MASKED } from '../graphql/answer-error.ts';
import type { Engine } from '../graphql/execute.ts';
import { createPreparation } from '../graphql/execution/prepare.ts';
import { startApollo } from './documents/ad-hoc.ts';
import { errorBoundary } from './output/error-boundary.ts';

const LINE = { level: 50, msg: 'unexpected error', requestId: 'r-1', err: { message: 'out of order', type: 'Error' } };

test('what Apollo Server did not expect is logged once, with the request’s id, and masked', async () => {
  const { log, logged } = collectLog();
  const schema = buildSchema('type Query { a: Int }');
  const engine: Engine = {
    execute: () => Promise.reject(new Error('out of order')),
    preparation: createPreparation(schema),
  };
  const answer = await startApollo(schema, engine, { introspection: true, log });
  const params = { query: '{ a }', documentId: undefined, operationName: undefined, variables: {}, extensions: {} };
  const { errors } = await answer(params, 'POST', requestContext({ requestId: 'r-1' }));
  expect(errors).toMatchObject([{ message: MASKED, extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(logged).toMatchObject([LINE]);
});

/** One request to a server with this handler, and what was logged of it. */
async function ask(handler: RequestHandler) {
  const { log, logged } = collectLog();
  const server = createServer(express().use(handler, errorBoundary(log))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const answer = await fetch(url, { headers: { 'x-request-id': 'r-1' } })
    .then(async (response) => ({ status: response.status, body: await response.text() }))
    .catch((error: Error) => error);
  server.close();
  await once(server, 'close');
  return { answer, logged };
}

test('what a handler throws is logged once, with the request’s id, and masked', async () => {
  const { answer, logged } = await ask(() => {
    throw new Error('out of order');
  });
  expect(answer).toMatchObject({ status: 500, body: expect.stringContaining(MASKED) });
  expect(logged).toMatchObject([LINE]);
});

test('what goes wrong within an answer is logged once, and ends its connection', async () => {
  const { answer, logged } = await ask((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half');
    throw new Error('out of order');
  });
  expect(String(answer)).toMatch(/^TypeError: (terminated|fetch failed)$/);
  expect(logged).toMatchObject([LINE]);
});
