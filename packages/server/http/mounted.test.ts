import { createServer } from 'node:http';
import { listening } from '@facet/testing/internal/listening.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { bookService, reader, readerSettings } from '@facet/testing/internal/reader.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { type Bff, type BffOptions, defineBff } from '../index.ts';

const CALLER = { 'x-reader-id': 'r_1' };
let service: LocalService;
beforeAll(async () => {
  service = await startLocalService(bookService);
});
afterAll(async () => service[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of the body, down to the last field
const jsonOf = (response: Response): Promise<any> => response.json() as Promise<any>;

/** An Express app with routes before and after the BFF, a 404 handler and an error handler of its own. */
function hostOf(...bffs: readonly (readonly [path: string, bff: Bff])[]): Express {
  const app = express();
  app.get('/before', (_request, response) => void response.json({ from: 'host' }));
  for (const [path, bff] of bffs) app.use(path, bff.router);
  app.post('/after', express.json(), (request, response) => void response.json(request.body));
  app.use((_request, response) => void response.status(404).type('text/plain').send('not here'));
  const onError: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).send('host');
  return app.use(onError);
}

/** A host application that listens, with one started BFF at /reader. */
async function running(more: Partial<BffOptions> = {}, environment: Record<string, string> = {}) {
  const bff = defineBff({ ...reader, ...more });
  await bff.start({ environment: readerSettings(service.url, environment) });
  const server = await listening(createServer(hostOf(['/reader', bff])));
  return {
    bff,
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await bff.stop();
    },
  };
}

const post = (url: string, query: string, headers: Record<string, string> = CALLER) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

describe('a BFF in an Express app', () => {
  test('serves its routes below the path where it is mounted', async () => {
    await using host = await running();
    const answered = await post(`${host.url}/reader/graphql`, '{ book(id: "b_1") { title } }');
    expect(await answered.json()).toEqual({ data: { book: { title: 'Emma' } } });
    const screen = await fetch(`${host.url}/reader/screens/Loans`, { headers: CALLER });
    expect(await screen.json()).toEqual({ data: { loans: [{ title: 'Persuasion' }] } });
    expect((await fetch(`${host.url}/reader/healthz`)).status).toBe(200);
    expect(await (await fetch(`${host.url}/reader/readyz`)).json()).toEqual({ status: 'ready' });
    expect(await (await fetch(`${host.url}/reader/metrics`)).text()).toContain('facet_requests_total');
    expect((await fetch(`${host.url}/graphql`, { headers: CALLER })).status).toBe(404);
  });

  test('leaves all other routes to the app, and adds nothing to their responses', async () => {
    await using host = await running();
    const before = await fetch(`${host.url}/before`);
    expect(await before.json()).toEqual({ from: 'host' });
    expect(before.headers.get('content-security-policy')).toBeNull();
    const after = await fetch(`${host.url}/after`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    expect(await after.json()).toEqual({ a: 1 });
    expect(await (await fetch(`${host.url}/readerly/graphql`)).text()).toBe('not here');
  });

  test('answers what it does not serve, and what fails, itself', async () => {
    const onRequest = () => {
      throw new Error('a defect');
    };
    await using host = await running({ onRequest });
    const missing = await fetch(`${host.url}/reader/nothing`);
    expect([missing.status, (await jsonOf(missing)).errors[0].extensions.code]).toEqual([404, 'BAD_REQUEST']);
    expect(missing.headers.get('content-security-policy')).toContain("default-src 'none'");
    const stranger = await post(`${host.url}/reader/graphql`, '{ __typename }', {});
    expect([stranger.status, (await jsonOf(stranger)).errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    const failed = await post(`${host.url}/reader/graphql`, '{ __typename }');
    expect([failed.status, (await jsonOf(failed)).errors[0].extensions.code]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
  });

  test('shows its sandbox at the path with a slash, and tells it relative addresses', async () => {
    await using host = await running();
    const redirect = await fetch(`${host.url}/reader?tab=1`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([308, '/reader/?tab=1']);
    expect([200, 503]).toContain((await fetch(`${host.url}/reader/`)).status);
    const config = await (await fetch(`${host.url}/reader/sandbox/config.json`)).json();
    expect(config).toMatchObject({
      client: 'reader',
      identityHeader: 'X-Reader-Id',
      paths: { graphql: './graphql', screens: './screens' },
      identities: [{ id: 'r_1', name: 'r_1' }],
    });
  });

  test('reads a body that the app has parsed already', async () => {
    const bff = defineBff(reader);
    await bff.start({ environment: readerSettings(service.url) });
    const app = express().use(express.json()).use('/reader', bff.router);
    await using server = await listening(createServer(app));
    const answered = await post(`http://127.0.0.1:${server.port}/reader/graphql`, '{ book(id: "b_2") { title } }');
    expect(await answered.json()).toEqual({ data: { book: { title: 'Persuasion' } } });
    await bff.stop();
  });

  test('shares a process with another BFF', async () => {
    const [one, two] = [defineBff(reader), defineBff({ ...reader, client: 'second' })];
    for (const bff of [one, two]) await bff.start({ environment: readerSettings(service.url) });
    await using server = await listening(createServer(hostOf(['/one', one], ['/two', two])));
    for (const path of ['/one', '/two']) {
      const config = await fetch(`http://127.0.0.1:${server.port}${path}/sandbox/config.json`);
      expect((await jsonOf(config)).client).toBe(path === '/one' ? 'reader' : 'second');
    }
    for (const bff of [one, two]) await bff.stop();
  });
});

describe('starting and stopping a mounted BFF', () => {
  test('answers 503 until it is started, and after it is stopped', async () => {
    const bff = defineBff(reader);
    await using server = await listening(createServer(hostOf(['/reader', bff])));
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
    expect([await statusOf('/reader/readyz'), await statusOf('/before')]).toEqual([503, 200]);
    await bff.start({ environment: readerSettings(service.url) });
    expect(await statusOf('/reader/readyz')).toBe(200);
    await bff.stop();
    expect([await statusOf('/reader/readyz'), await statusOf('/before')]).toEqual([503, 200]);
    await bff.start({ environment: readerSettings(service.url) });
    expect(await statusOf('/reader/readyz')).toBe(200);
    await bff.stop();
  });

  test('rejects with all problems of its settings, and can be started again', async () => {
    const bff = defineBff(reader);
    const wrong = { environment: { BOOKS_URL: 'no', SERVICE_TIMEOUT_MS: '-1' } };
    await expect(bff.start(wrong)).rejects.toThrow(/BOOKS_URL[\s\S]*SERVICE_TIMEOUT_MS/);
    await bff.start({ environment: readerSettings(service.url) });
    await bff.stop();
  });

  test('finishes the requests in progress before it closes its connections', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using slow = await startLocalService(async (...parameters) => {
      arrive();
      await released;
      bookService(...parameters);
    });
    await using host = await running(
      {},
      { BOOKS_URL: slow.url, SERVICE_TIMEOUT_MS: '60000', REQUEST_DEADLINE_MS: '60000' },
    );
    const answered = post(`${host.url}/reader/graphql`, '{ loans { title } }');
    await arrived;
    const stopped = host.bff.stop();
    expect((await fetch(`${host.url}/reader/readyz`)).status).toBe(503);
    release();
    expect(await (await answered).json()).toEqual({ data: { loans: [{ title: 'Persuasion' }] } });
    await stopped;
  });
});

describe('a spread of a BFF', () => {
  test('has its options, and not its router', () => {
    const bff = defineBff(reader);
    const copy = { ...bff };
    expect(copy).toMatchObject({ client: 'reader', port: 4_000, examples: {} });
    expect(Object.keys(copy)).not.toContain('router');
    expect(defineBff(copy).router).not.toBe(bff.router);
  });
});
