import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Router } from 'express';
import { Problem } from './problem.ts';
import { createApp } from './serve.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

async function startApp(routes: Router) {
  const server = createServer(createApp(routes)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const things = Router()
  .get('/things/:id', (_request, response) => {
    response.json({ id: 'a' });
  })
  .get('/teapot', () => {
    throw new Problem(418, 'Teapot', 'Short and stout.');
  })
  .get('/broken', () => {
    throw new Error('secret of the database');
  });

test.each(['/healthz', '/readyz'])('%s says that the service is up', async (path) => {
  await using app = await startApp(things);
  const response = await fetch(`${app.url}${path}`);
  expect(await response.json()).toEqual({ status: 'ok' });
  expect(response.headers.has('x-powered-by')).toBe(false);
});

describe('problems', () => {
  test.each([
    ['GET', '/', 404],
    ['GET', '/nope', 404],
    ['GET', '/things', 404],
    ['GET', '/things/a/b', 404],
    ['POST', '/things/a', 404],
    ['DELETE', '/things/a', 404],
    ['GET', '/things/%E0%A4%A', 400],
    ['GET', '/things/%ff', 400],
    ['GET', '/teapot', 418],
  ])('%s %s is a %i problem document', async (method, path, status) => {
    await using app = await startApp(things);
    const response = await fetch(`${app.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.any(String),
    });
  });

  test('keep their detail', async () => {
    await using app = await startApp(things);
    const body = await (await fetch(`${app.url}/teapot`)).json();
    expect(body).toEqual({ type: 'about:blank', title: 'Teapot', status: 418, detail: 'Short and stout.' });
  });

  test('do not tell what broke, standard error does', async () => {
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await using app = await startApp(things);
    const response = await fetch(`${app.url}/broken`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('secret of the database'));
  });
});

test('a path that is a whole URL, as a proxy may send it, is answered too', async () => {
  await using app = await startApp(things);
  const call = request({ port: app.port, host: '127.0.0.1', path: 'http://elsewhere.example/things/a' }).end();
  const [response] = await once(call, 'response');
  response.resume();
  expect(response.statusCode).toBe(200);
});
